import { section } from "../harness/case.ts";
import { next, outcome, sorted, until } from "../harness/tools.ts";
import type { ClientSocket } from "../../src/support/pairing.ts";

/** How a client that connects is received: `connect`, or the error. */
async function reception(client: ClientSocket): Promise<unknown> {
  const seen = Promise.race([
    next(client, "connect").then(() => "connect"),
    next(client, "connect_error").then(([error]) => error),
  ]);
  client.connect();
  return seen;
}

export const dynamicNamespaces = section("Dynamic namespaces", "namespaces/#dynamic-namespaces", {
  "children of a pattern, with middlewares and handlers": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.of(/^\/dynamic-\d+$/)
          .use((socket, proceed) => {
            socket.data.checked = true;
            proceed();
          })
          .on("connection", (socket) => {
            socket.on("where", (done) => done([socket.nsp.name, socket.data.checked]));
          });
      },
    });
    const one = await world.connect("/dynamic-1");
    const two = await world.connect("/dynamic-2");
    return [
      await one.emitWithAck("where"),
      await two.emitWithAck("where"),
      await reception(await world.client("/dynamic-x")),
    ];
  },

  "a function decides, with the auth": async (it) => {
    const asked: unknown[] = [];
    const world = await it.open({
      setup: (io) => {
        const parent = io.of((name, auth, allow) => {
          asked.push([name, auth]);
          allow(null, name === "/open" && (auth as { key?: string }).key === "k");
        });
        parent.on("connection", (socket) => socket.emit("in", socket.nsp.name));
      },
    });
    const client = await world.client("/open", { auth: { key: "k" } });
    const inside = next(client, "in");
    const received = [await reception(client)];
    received.push(await reception(await world.client("/open-not", { auth: { key: "k" } })));
    received.push(await reception(await world.client("/third")));
    return { inside: await inside, received, asked };
  },

  "a function that answers late, or with an error": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.of((name, _auth, allow) => {
          setImmediate(() => allow(name === "/bad" ? new Error("broken") : null, true));
        });
      },
    });
    return [
      await reception(await world.client("/good")),
      await reception(await world.client("/bad")),
    ];
  },

  "the next template is asked when one says no": async (it) => {
    const seen: unknown[] = [];
    const world = await it.open({
      setup: (io) => {
        io.of(/^\/a/).on("connection", () => seen.push("a"));
        io.of(/^\/ab/).on("connection", () => seen.push("ab"));
        io.of(/^\/b/).on("connection", () => seen.push("b"));
      },
    });
    await world.connect("/ab");
    await world.connect("/b");
    return seen;
  },

  "the same pattern given twice": {
    run: async (it) => {
      const { io } = await it.open();
      const fn = (): void => undefined;
      return [io.of(/^\/x$/) === io.of(/^\/x$/), io.of(fn) === io.of(fn)];
    },
    differs: {
      what: "`io.of()` with the same pattern or function twice",
      socketIo: "a second parent, which no client ever reaches",
      hawser: "the same parent",
      why: "a parent for each call is a leak",
      expected: { server: [true, true], both: [true, true] },
    },
  },

  "what a template is": async (it) => {
    const { io } = await it.open();
    return [io.of(/^\/x$/) instanceof it.lib.Namespace, io.of(/^\/x$/) === io.of(/^\/y$/)];
  },

  "a pattern with the flag g matches every time": async (it) => {
    const world = await it.open({ setup: (io) => void io.of(/^\/g\d$/) });
    const globally = await it.open({ setup: (io) => void io.of(/\/dyn/i) });
    return [
      await reception(await world.client("/g1")),
      await reception(await world.client("/g2")),
      await reception(await globally.client("/DYN")),
      await reception(await globally.client("/x/dyn/y")),
    ];
  },

  "emit of a parent reaches all children": async (it) => {
    const world = await it.open();
    const parent = world.io.of(/^\/p-\d$/);
    const one = await world.connect("/p-1");
    const two = await world.connect("/p-2");
    const heard = [next(one, "it"), next(two, "it")];
    parent.emit("it", 1, Buffer.from([2]));
    const first = await Promise.all(heard);
    const again = [next(one, "again"), next(two, "again")];
    parent.local.emit("again", "local");
    return [first, await Promise.all(again)];
  },

  "to, except and send of a parent": async (it) => {
    const world = await it.open();
    const parent = world.io.of(/^\/p-\d$/);
    const one = await world.connect("/p-1");
    const two = await world.connect("/p-2");
    await world.serverSide(one, "/p-1")!.join("room");
    const heard: unknown[] = [];
    one.onAny((...args) => heard.push(["one", ...args]));
    two.onAny((...args) => heard.push(["two", ...args]));
    const ended = [next(one, "message"), next(two, "message")];
    parent.to("room").emit("to room");
    parent.except("room").emit("except room");
    parent.send("end");
    await Promise.all(ended);
    return sorted(heard);
  },

  "fetchSockets of a parent": {
    run: async (it) => {
      const world = await it.open();
      const parent = world.io.of(/^\/p-\d$/);
      await world.connect("/p-1");
      await world.connect("/p-2");
      return outcome((async () => (await parent.fetchSockets()).map(({ id }) => id))());
    },
    differs: {
      what: "`fetchSockets()` of a parent namespace",
      socketIo: "throws",
      hawser: "the sockets of all children",
      why: "what a parent emits reaches them, too",
      expected: {
        server: { resolved: ["a".repeat(20), "b".repeat(20)] },
        both: { resolved: ["a".repeat(20), "b".repeat(20)] },
      },
    },
  },

  "of() with a name that a pattern accepts makes a child": async (it) => {
    const seen: unknown[] = [];
    const world = await it.open();
    const { io } = world;
    io.on("new_namespace", (nsp) => seen.push(["new", nsp.name]));
    const parent = io.of(/^\/p-\d$/).on("connection", () => seen.push("parent's listener"));
    const child = io.of("/p-1");
    const client = await world.connect("/p-1");
    const heard = next(client, "it");
    parent.emit("it");
    await heard;
    return { seen, same: io.of("/p-1") === child, name: child.name };
  },

  "a namespace that was there before the pattern is not a child": async (it) => {
    const seen: unknown[] = [];
    const world = await it.open();
    world.io.of("/p-1").on("connection", () => seen.push("own"));
    world.io.of(/^\/p-\d$/).on("connection", () => seen.push("parent's"));
    await world.connect("/p-1");
    return seen;
  },

  new_namespace: async (it) => {
    const seen: unknown[] = [];
    const world = await it.open();
    world.io.on("new_namespace", (nsp) => seen.push([nsp.name, nsp.constructor.name]));
    world.io.of("/one");
    world.io.of("/one");
    world.io.of(/^\/d/);
    await world.connect("/dd");
    await world.connect("/dd");
    return seen;
  },

  "middlewares added after the child was made are not the child's": async (it) => {
    const seen: unknown[] = [];
    const world = await it.open();
    const parent = world.io.of(/^\/p-\d$/);
    await world.connect("/p-1");
    parent.use((socket, go) => {
      seen.push(socket.nsp.name);
      go();
    });
    parent.on("connection", (socket) => seen.push(["connection", socket.nsp.name]));
    await world.connect("/p-1");
    await world.connect("/p-2");
    return seen;
  },

  "children stay without cleanupEmptyChildNamespaces": async (it) => {
    const world = await it.open();
    world.io.of(/^\/p-\d$/);
    const client = await world.connect("/p-1");
    const child = world.io.of("/p-1");
    const gone = next(world.serverSide(client, "/p-1")!, "disconnect");
    client.disconnect();
    await gone;
    const kept = world.io._nsps.has("/p-1");
    const back = await reception(await world.client("/p-1"));
    return [kept, back, world.io.of("/p-1") === child];
  },

  "children go with their last socket, and come again": async (it) => {
    const world = await it.open({ options: { cleanupEmptyChildNamespaces: true } });
    world.io.of(/^\/p-\d$/);
    const one = await world.connect("/p-1");
    const two = await world.connect("/p-1");
    const child = world.io.of("/p-1");
    let closed = 0;
    child.adapter.close = () => {
      closed += 1;
    };
    one.disconnect();
    await until("one has left", () => child.sockets.size === 1);
    const kept = world.io._nsps.has("/p-1");
    two.disconnect();
    await until("the child has gone", () => !world.io._nsps.has("/p-1"));
    const back = await reception(await world.client("/p-1"));
    return [kept, back, world.io.of("/p-1") === child, closed];
  },

  "a child that lost its last socket to a refusal goes, too": async (it) => {
    const world = await it.open({ options: { cleanupEmptyChildNamespaces: true } });
    world.io.of(/^\/p-\d$/).use((_socket, go) => go(new Error("no")));
    const received = await reception(await world.client("/p-1"));
    return [received, await outcome(until("it goes", () => !world.io._nsps.has("/p-1"), 300))];
  },

  "a namespace that was made by name stays with cleanupEmptyChildNamespaces": async (it) => {
    const world = await it.open({ options: { cleanupEmptyChildNamespaces: true } });
    world.io.of("/p-1");
    world.io.of(/^\/p-\d$/);
    const client = await world.connect("/p-1");
    const gone = next(world.serverSide(client, "/p-1")!, "disconnect");
    client.disconnect();
    await gone;
    return world.io._nsps.has("/p-1");
  },
});
