import { section } from "../harness/case.ts";
import { next, roundTrip } from "../harness/tools.ts";
import { collectAll } from "./emitting.ts";
import type { Section } from "../harness/case.ts";

const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

const values: Record<string, () => unknown[]> = {
  "a Buffer with every byte": () => [every],
  "an empty Buffer": () => [Buffer.alloc(0)],
  "a view": () => [bytesOf(1, 2, 3)],
  "a view on a part": () => [bytesOf(1, 2, 3, 4).subarray(1, 3)],
  "other views": () => [
    Uint16Array.from([1, 2]),
    Float64Array.from([1.5]),
    new DataView(bytesOf(1, 2, 3, 4).buffer, 1, 2),
    Int8Array.from([-1]),
  ],
  "an ArrayBuffer": () => [bytesOf(9, 8).buffer],
  "deep inside, several, between other values": () => [
    { a: [every, { b: bytesOf(7) }], c: "text", d: null },
    1,
    bytesOf(0),
  ],
  "the same one twice": () => [every, every],
  "what toJSON gives": () => [{ toJSON: () => ({ bytes: bytesOf(5) }) }],
  "what looks like a placeholder": () => [{ _placeholder: true, num: 0 }, "text"],
  "ten of them": () => [Array.from({ length: 10 }, (_, index) => Buffer.alloc(index * 100, index))],
};

const attachments = {
  what: "attachments of one packet",
  socketIo: "at most 10: more close the connection",
  hawser: "at most 1000, with a bound in bytes and in time",
  why: "applications that sent eleven and more broke when the limit came",
};

const both = Object.fromEntries(
  Object.entries(values).map(([name, make]) => [
    `${name}, both ways and to all`,
    async (it: Parameters<Section["cases"][string]["run"]>[0]) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      const up = next(server, "bin");
      client.emit("bin", ...make());
      const down = collectAll(client, 2, "bin");
      server.emit("bin", ...make());
      world.io.emit("bin", ...make());
      return { up: await up, down: await down };
    },
  ]),
);

export const binary = section("Binary", "emitting-events/", {
  ...both,

  "in acknowledgements, both ways": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    server.on("up", (bytes: Buffer, done) => done({ bytes, more: bytesOf(1) }, bytesOf()));
    client.on("down", (bytes: Buffer, done) => done([bytes, bytesOf(2)]));
    const up = new Promise((resolve) => {
      client.emit("up", every, (...args: unknown[]) => resolve(args));
    });
    return [await up, await server.emitWithAck("down", every)];
  },

  "one large buffer to many": async (it) => {
    const world = await it.open();
    const clients = [await world.connect(), await world.connect(), await world.connect()];
    const all = clients.map((client) => next(client, "bin"));
    world.io.emit("bin", Buffer.alloc(70_000, 0x5a), { and: bytesOf(4) });
    return Promise.all(all);
  },

  "large, both ways": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    // As base64 still under the default limit of 1,000,000 bytes.
    const payload = Buffer.alloc(700_000, every);
    server.on("echo", (bytes, done) => done(bytes));
    return client.emitWithAck("echo", payload);
  },

  "between text events, in order": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    client.onAny((...args) => seen.push(args));
    for (let n = 0; n < 10; n += 1) {
      server.emit("text", n);
      server.emit("bin", Buffer.from([n]), { n });
      world.io.emit("bin to all", bytesOf(n), bytesOf(n));
    }
    await roundTrip(client, server);
    return seen;
  },

  "in a namespace, with auth in the handshake": async (it) => {
    const world = await it.open();
    world.io.of("/bytes").on("connection", (socket) => {
      socket.on("echo", (value, done) => done(value));
    });
    const client = await world.connect("/bytes", { auth: { key: "k" } });
    return client.emitWithAck("echo", { a: bytesOf(1, 2) });
  },

  "a hundred attachments, from the server": {
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair("", { reconnection: false });
      const list = Array.from({ length: 100 }, (_, index) => Buffer.from([index]));
      const seen = Promise.race([
        next<[unknown[]]>(client, "bin").then(([got]) => got.length),
        next(client, "disconnect").then(([reason]) => reason),
      ]);
      server.emit("bin", list);
      return seen;
    },
    differs: { ...attachments, expected: { client: 100, both: 100 } },
  },

  "a hundred attachments, from the client": {
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair("", { reconnection: false });
      const list = Array.from({ length: 100 }, (_, index) => Buffer.from([index]));
      const seen = Promise.race([
        next<[unknown[]]>(server, "bin").then(([got]) => got.length),
        next(server, "disconnect").then(([reason]) => reason),
      ]);
      client.emit("bin", list);
      return seen;
    },
    differs: { ...attachments, expected: { server: 100, both: 100 } },
  },
});
