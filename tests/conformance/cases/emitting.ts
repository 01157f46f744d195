import { section } from "../harness/case.ts";
import { collect, next, roundTrip, thrown } from "../harness/tools.ts";

/** Each is the list of arguments of one event. */
const argumentLists: unknown[][] = [
  [],
  ["text"],
  [""],
  [0, -1.5, 1e21, -0, true, false, null],
  [{ deep: { list: [1, "two", { three: [] }] }, empty: {} }, [], [[[]]]],
  ["grüße 🚢 \u0000\u001e\u2028\u2029 \\ \" '", { "kéy 🚢": 1 }],
  [{ __proto__: null, constructor: "x", toString: 1, hasOwnProperty: 2 }],
  [JSON.parse('{"__proto__": {"polluted": true}}')],
  ['42["not a packet"]', "b64=", "/nsp,1[]", "\ud800 half a pair"],
];

/** What JSON changes, or takes from somewhere else. */
const odd = (): unknown[] => [
  undefined,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  new Date(0),
  { gone: undefined, kept: null, [Symbol("s")]: 1 },
  [undefined, () => 1],
  new Map([[1, 2]]),
  new Set([1]),
  { toJSON: () => ({ from: "toJSON" }) },
  new (class Point {
    x = 1;
    get y(): number {
      return 2;
    }
  })(),
  new Error("an error"),
  Object.create({ inherited: true }, { own: { value: 1, enumerable: true } }),
];

const names = ["", "é 🚢", "42", "error", "__proto__", "constructor", "a,b[c]", "message", "ping"];
const reserved = [
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
];

export const emitting = section("Emitting events", "emitting-events/", {
  "any arguments, from the client": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen = collectAll(server, argumentLists.length);
    for (const list of argumentLists) client.emit("args", ...list);
    return seen;
  },

  "any arguments, from the server": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen = collectAll(client, argumentLists.length);
    for (const list of argumentLists) server.emit("args", ...list);
    return seen;
  },

  "what JSON changes: undefined, NaN, dates, maps, classes": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const up = next(server, "odd");
    client.emit("odd", ...odd(), "end");
    const down = next(client, "odd");
    server.emit("odd", ...odd(), "end");
    return { up: await up, down: await down };
  },

  "a BigInt and a circle throw": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const throws = (call: () => unknown): boolean => thrown(call) !== "nothing was thrown";
    const seen = {
      server: [throws(() => server.emit("x", 1n)), throws(() => server.emit("x", circle))],
      all: [throws(() => world.io.emit("x", 1n)), throws(() => world.io.emit("x", circle))],
    };
    await roundTrip(client, server);
    return seen;
  },

  "any name that is not reserved, the empty one too": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    for (const name of names) {
      const up = next(server, name);
      client.emit(name, name);
      const down = next(client, name);
      server.emit(name, name);
      seen.push(await up, await down);
    }
    return seen;
  },

  "names that are numbers": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const up = next(server, 7 as never);
    client.emit(7 as never, "up");
    const down = next(client, 8 as never);
    server.emit(8 as never, "down");
    return [await up, await down];
  },

  "reserved names throw, at every emitter": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const { io } = world;
    return reserved.map((name) => [
      thrown(() => client.emit(name)),
      thrown(() => server.emit(name)),
      thrown(() => io.emit(name)),
      thrown(() => io.of("/other").emit(name)),
      thrown(() => io.to("room").emit(name)),
      thrown(() => server.broadcast.emit(name)),
      thrown(() => server.timeout(10).emit(name)),
    ]);
  },

  "what emit, send and write return": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const { io } = world;
    return {
      server: [server.emit("x"), server.send("x") === server, server.write("x") === server],
      io: [io.emit("x"), io.send("x") === io, io.write("x") === io],
      of: [
        io.of("/").emit("x"),
        io.of("/").send("x") === io.of("/"),
        io.of("/").write("x") === io.of("/"),
      ],
      to: io.to("r").emit("x"),
      client: [client.emit("x") === client, client.send("x") === client],
    };
  },

  "send and write are emit of message": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const up = next(server, "message");
    client.send("a", 1);
    const down = collectAll(client, 6, "message");
    server.send("b", 2);
    server.write("c");
    world.io.send("d");
    world.io.write("e", [1]);
    world.io.of("/").send("f");
    world.io.of("/").write("g", { h: 1 });
    return [await up, await down];
  },

  "emit before connect is kept by the client, in order": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      world.io.on("connection", (socket) => {
        socket.onAny((...args) => seen.push(args));
        socket.on("end", resolve);
      });
    });
    const client = await world.client();
    client.emit("one", 1);
    client.emit("two", Buffer.from([2]));
    client.emit("end");
    client.connect();
    await done;
    return seen;
  },

  "emit inside connection comes after connect": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.on("connection", (socket) => {
          socket.emit("hello", socket.id);
          io.emit("all", 1);
        });
      },
    });
    const client = await world.client();
    const seen: unknown[] = [];
    client.on("connect", () => seen.push(["connect", client.id]));
    client.on("hello", (id) => seen.push(["hello", id]));
    const all = next(client, "all");
    client.connect();
    await all;
    return seen;
  },

  "large text, both ways": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    // Just under the default limit of 1,000,000 bytes, with characters of one to four bytes.
    const text = "a".repeat(600_000) + "é".repeat(100_000) + "🚢".repeat(40_000);
    server.on("echo", (value, done) => done(value));
    return (await client.emitWithAck("echo", text)) === text;
  },

  "many events of many sizes, in order": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const sizes = Array.from({ length: 120 }, (_, index) => (index * 613) % 9_000);
    server.on("up", (text: string) => server.emit("down", text));
    const down = collect<string>(client, "down", sizes.length);
    for (const size of sizes) client.emit("up", "x".repeat(size));
    return (await down).map((text) => text.length);
  },

  "many events at once from both ends, through the upgrade": async (it) => {
    const count = 300;
    const indexes = Array.from({ length: count }, (_, index) => index);
    const world = await it.open({
      setup: (io) => {
        io.on("connection", (socket) => {
          for (const index of indexes) socket.emit("down", index);
          void collect(socket, "up", count).then((seen) => socket.emit("seen", seen));
        });
      },
    });
    const client = await world.client();
    const down = collect<number>(client, "down", count);
    const seen = next<[number[]]>(client, "seen");
    client.on("connect", () => {
      for (const index of indexes) client.emit("up", index);
    });
    client.connect();
    return [await down, await seen];
  },

  "binary and text mixed, while it upgrades": async (it) => {
    const count = 60;
    const world = await it.open({
      setup: (io) => {
        io.on("connection", (socket) => {
          socket.on("up", (index, bytes) => socket.emit("down", index, bytes));
        });
      },
    });
    const client = await world.client();
    const down = collectAll(client, count, "down");
    client.connect();
    let sent = 0;
    while (sent < count) {
      client.emit("up", sent, sent % 2 === 0 ? Buffer.alloc(sent, sent) : "text");
      sent += 1;
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return down;
  },

  "an object that is changed after emit is sent as it was": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const down = collect(client, "state", 2);
    const state = { n: 1 };
    server.emit("state", state);
    state.n = 2;
    world.io.emit("state", state);
    state.n = 3;
    return down;
  },

  "emit does not change its arguments": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const given = { list: [Buffer.from([1]), { inner: Buffer.from([2]) }], date: new Date(0) };
    const down = collect(client, "it", 2);
    server.emit("it", given);
    world.io.to(server.id).emit("it", given);
    await down;
    const up = next(server, "it");
    client.emit("it", given);
    await up;
    return given;
  },
});

/** The arguments of the next events of a name. */
export function collectAll(emitter: object, count: number, name = "args"): Promise<unknown[][]> {
  return new Promise((resolve) => {
    const seen: unknown[][] = [];
    (emitter as { on(name: string, listener: (...args: unknown[]) => void): void }).on(
      name,
      (...args) => {
        seen.push(args);
        if (seen.length === count) resolve(seen);
      },
    );
  });
}
