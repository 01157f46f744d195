import { section } from "../harness/case.ts";
import { next, roundTrip, turns, until } from "../harness/tools.ts";

class Refusal extends Error {
  data = { code: "E_TOKEN", retry: [1, 2] };
}

export const middlewares = section("Middlewares", "middlewares/", {
  "in order, async ones are waited for, then connection": async (it) => {
    const seen: unknown[] = [];
    const world = await it.open({
      setup: (io) => {
        io.use((_socket, go) => {
          seen.push("one");
          setImmediate(go);
        });
        io.use(async (_socket, go) => {
          await turns(1);
          seen.push("two");
          go();
        });
        io.of("/").use((_socket, go) => {
          seen.push("three");
          go();
        });
        io.on("connection", () => seen.push("connection"));
      },
    });
    await world.connect();
    return seen;
  },

  "use() is chained": async (it) => {
    const world = await it.open();
    const { io } = world;
    const pass = (_socket: unknown, go: () => void): void => go();
    const { server } = await world.pair();
    return [
      io.use(pass) === io || io.use(pass) === (io.sockets as unknown),
      io.of("/a").use(pass) === io.of("/a"),
      server.use((_event, go) => go()) === server,
    ];
  },

  "what a socket is while middlewares look at it": async (it) => {
    let seen: unknown;
    const world = await it.open({
      setup: (io) => {
        io.use((socket, go) => {
          seen = {
            connected: socket.connected,
            disconnected: socket.disconnected,
            rooms: [...socket.rooms],
            id: socket.id,
            nsp: socket.nsp.name,
            known: io.of("/").sockets.has(socket.id),
            auth: socket.handshake.auth,
            data: socket.data as unknown,
          };
          go();
        });
      },
    });
    await world.connect("", { auth: { a: 1 } });
    return seen;
  },

  "refuses with a message and data; the client is told and stays away": async (it) => {
    let connected = 0;
    const world = await it.open({
      setup: (io) => {
        io.use((_socket, go) => go(new Refusal("bad token")));
        io.on("connection", () => (connected += 1));
      },
    });
    const client = await world.client();
    const refused = next(client, "connect_error");
    client.connect();
    const [error] = await refused;
    return [error, client.active, client.connected, world.io.of("/").sockets.size, connected];
  },

  "refusals of other shapes": async (it) => {
    const errors: unknown[] = [
      Object.assign(new Error("with text"), { data: "text" }),
      Object.assign(new Error("with zero"), { data: 0 }),
      Object.assign(new Error("with null"), { data: null }),
      Object.assign(new TypeError("a type error"), { other: 1 }),
      new Error(""),
      { message: "no error at all", data: [1] },
    ];
    const world = await it.open({
      setup: (io) => {
        io.use((socket, go) => go(errors[Number(socket.handshake.auth["n"])] as Error));
      },
    });
    const seen = [];
    for (const n of errors.keys()) seen.push(await it.knock(world.url, { auth: { n } }));
    return seen;
  },

  "the next middleware is not asked after a refusal": async (it) => {
    const seen: unknown[] = [];
    const world = await it.open({
      setup: (io) => {
        io.use((_socket, go) => go(new Error("no")));
        io.use((_socket, go) => {
          seen.push("asked");
          go();
        });
      },
    });
    return [await it.knock(world.url), seen];
  },

  "in again with what is asked for": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.use((socket, go) => {
          const { token } = socket.handshake.auth as { token?: string };
          go(token === "good" ? undefined : new Error("bad token"));
        });
      },
    });
    const client = await world.client("", { auth: { token: "bad" } });
    const messages: unknown[] = [];
    client.once("connect_error", (error) => {
      messages.push(error.message);
      client.auth = { token: "good" };
      client.connect();
    });
    const connected = next(client, "connect");
    client.connect();
    await connected;
    return [messages, world.serverSide(client)?.handshake.auth];
  },

  "rooms that a refused socket had joined are left": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.use(async (socket, go) => {
          await socket.join("hall");
          go(new Error("no"));
        });
      },
    });
    const refused = await it.knock(world.url);
    return [refused, [...world.io.of("/").adapter.rooms.keys()]];
  },

  "rooms that an accepted socket joined in a middleware are kept": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.use(async (socket, go) => {
          await socket.join("hall");
          socket.data.seen = true;
          go();
        });
      },
    });
    const { server } = await world.pair();
    return [
      new Set([...server.rooms].map((room) => room === server.id || room)),
      server.data as unknown,
    ];
  },

  "emit in a middleware": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.use((socket, go) => {
          socket.emit("early", 1);
          go();
        });
        io.on("connection", (socket) => socket.emit("late", 2));
      },
    });
    const client = await world.client();
    const seen: unknown[] = [];
    client.onAny((...args) => seen.push(args));
    client.on("connect", () => seen.push("connect"));
    const late = next(client, "late");
    client.connect();
    await late;
    return seen;
  },

  "disconnect in a middleware, then next": async (it) => {
    let connected = 0;
    const world = await it.open({
      setup: (io) => {
        io.use((socket, go) => {
          socket.conn.close();
          go();
        });
        io.on("connection", () => (connected += 1));
      },
    });
    const client = await world.client("", { reconnection: false });
    const closed = next(client.io, "close");
    client.connect();
    const [reason] = await closed;
    await until("the line is let go", () => world.io.engine.clientsCount === 0);
    return [typeof reason, connected, world.io.of("/").sockets.size];
  },

  "the client leaves while a middleware thinks": async (it) => {
    let connected = 0;
    let think: (() => void) | undefined;
    const world = await it.open({
      setup: (io) => {
        io.use((_socket, go) => {
          think = () => go();
        });
        io.on("connection", () => (connected += 1));
      },
    });
    const client = await world.client();
    client.connect();
    await until("it was asked", () => think !== undefined);
    client.disconnect();
    await until("the line is let go", () => world.io.engine.clientsCount === 0);
    think!();
    await turns();
    return [connected, world.io.of("/").sockets.size, world.io.of("/").adapter.rooms.size];
  },

  "a middleware that is added later asks those who come later": async (it) => {
    const world = await it.open();
    const first = await it.knock(world.url);
    world.io.use((_socket, go) => go(new Error("closed")));
    return [first, await it.knock(world.url)];
  },

  "a middleware whose promise is rejected": {
    alone: true,
    modes: ["websocket"],
    run: async (it) => {
      const world = await it.open();
      world.io.use(async () => {
        throw new Error("rejected");
      });
      // npm lets the rejection pass by.
      const ignore = (): void => undefined;
      process.on("unhandledRejection", ignore);
      it.after(() => process.off("unhandledRejection", ignore));
      return Promise.race([
        it.knock(world.url),
        new Promise((resolve) => setTimeout(resolve, 200, "waits")),
      ]);
    },
    differs: {
      what: "a middleware whose promise is rejected",
      socketIo: "the client waits for ever",
      hawser: "refused with the error",
      why: "a client that waits tells nobody",
      expected: {
        server: { message: "rejected", data: undefined },
        both: { message: "rejected", data: undefined },
      },
    },
  },

  "of packets: change, refuse, in order": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    server.use((event, go) => {
      seen.push(["first", ...event]);
      if (event[0] === "refused") return go(Object.assign(new Error("not this"), { data: 1 }));
      event[1] = "changed";
      return go();
    });
    server.use((event, go) => {
      seen.push(["second", ...event]);
      go();
    });
    server.on("refused", () => seen.push("a refused event reached its handler"));
    const error = next(server, "error");
    const allowed = next(server, "allowed");
    client.emit("refused", 1);
    client.emit("allowed", 1);
    const told = [await error, await allowed];
    return { told, seen };
  },

  "of packets: with an acknowledgement": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    server.use((event, go) => {
      const done = event.at(-1) as (answer: string) => void;
      if (event[0] === "answered by the middleware") done("early");
      else go();
    });
    server.on("answered by the handler", (done) => done("late"));
    return [
      await client.emitWithAck("answered by the middleware"),
      await client.emitWithAck("answered by the handler"),
    ];
  },

  "of packets: async, refusal without a listener": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    server.use(([name], go) => {
      setImmediate(() => go(name === "bad" ? new Error("bad") : undefined));
    });
    const seen: unknown[] = [];
    server.onAny((name) => seen.push(name));
    server.on("bad", () => seen.push("bad was handled"));
    client.emit("bad");
    client.emit("good", 1);
    await roundTrip(client, server);
    return [seen, server.connected];
  },

  "of packets: outgoing ones are not asked about": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    server.use(([name], go) => {
      seen.push(name);
      go();
    });
    const down = next(client, "down");
    server.emit("down");
    await down;
    return seen;
  },

  "of packets: the socket leaves while one thinks": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    let think: (() => void) | undefined;
    server.use((_event, go) => {
      think = () => go();
    });
    server.on("it", () => seen.push("handled"));
    client.emit("it");
    await until("it was asked", () => think !== undefined);
    const gone = next(server, "disconnect");
    client.disconnect();
    await gone;
    think!();
    await turns();
    return seen;
  },
});
