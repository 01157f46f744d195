// npm socket.io-client 2, unchanged, on npm socket.io 4 (the control) and on Hawser, both with `allowEIO3`.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transportModes } from "../support/pairing.ts";
import type { Maker, ServerOptions, Server, TransportMode } from "../support/pairing.ts";
import { V2World } from "../support/v2-world.ts";
import { next, until } from "../support/wait.ts";

type Use = (world: V2World) => Promise<void>;

for (const maker of ["socket.io", "hawser"] as Maker[]) {
  for (const mode of transportModes)
    describe(`socket.io-client 2 on ${maker}, ${mode}`, () => suite(maker, mode));
}

function suite(maker: Maker, mode: TransportMode): void {
  const withWorld =
    (use: Use, setup?: (io: Server) => void, options?: Partial<ServerOptions>) =>
    async (): Promise<void> => {
      const world = await V2World.open(maker, mode, setup, options);
      try {
        await use(world);
      } finally {
        await world.close();
      }
    };

  it(
    "connects to the root namespace, and both sides know the same id",
    withWorld(async (world) => {
      const { client, server } = await world.pair();
      assert.equal(server.id, client.id);
      assert.equal(server.conn.protocol, 3);
      assert.equal(server.handshake.query["EIO"], "3");
      assert.ok(server.rooms.has(server.id));
    }),
  );

  it(
    "exchanges events with every kind of argument",
    withWorld(async (world) => {
      const { client, server } = await world.pair();
      const args = ["text é€😀", 1.5, null, true, { a: [{ b: "c" }] }, ["d"]];
      const received = next(server, "up");
      client.emit("up", ...args);
      assert.deepEqual(await received, args);
      const back = next(client, "down");
      server.emit("down", ...args);
      assert.deepEqual(await back, args);
    }),
  );

  it(
    "exchanges binary, also deep inside",
    withWorld(async (world) => {
      const { client, server } = await world.pair();
      const received = next(server, "up");
      client.emit("up", Buffer.of(1, 2, 255), { deep: [Buffer.from("é")] });
      assert.deepEqual(await received, [Buffer.of(1, 2, 255), { deep: [Buffer.from("é")] }]);
      const back = next(client, "down");
      server.emit("down", { deep: [Buffer.alloc(3_000, 7)] }, Buffer.alloc(0));
      assert.deepEqual(await back, [{ deep: [Buffer.alloc(3_000, 7)] }, Buffer.alloc(0)]);
    }),
  );

  it(
    "acknowledges both ways, with binary too",
    withWorld(async (world) => {
      const { client, server } = await world.pair();
      server.on("ask", (value: unknown, reply: (...args: unknown[]) => void) =>
        reply(value, Buffer.of(9)),
      );
      const answer = await new Promise((resolve) => {
        client.emit("ask", 5, (...args: unknown[]) => resolve(args));
      });
      assert.deepEqual(answer, [5, Buffer.of(9)]);
      client.on("ask", (value: unknown, reply: (value: unknown) => void) => reply(value));
      assert.deepEqual(await server.emitWithAck("ask", Buffer.of(8)), Buffer.of(8));
      assert.equal(await server.timeout(5_000).emitWithAck("ask", "x"), "x");
    }),
  );

  it(
    "is a member of rooms, together with others",
    withWorld(async (world) => {
      const pairs = [await world.pair(), await world.pair(), await world.pair()];
      const [first, second, third] = pairs as [
        (typeof pairs)[0],
        (typeof pairs)[0],
        (typeof pairs)[0],
      ];
      void first.server.join("room");
      void second.server.join("room");
      const heard: string[] = [];
      for (const [name, { client }] of Object.entries({ first, second, third })) {
        client.on("news", (what: string) => heard.push(`${name} ${what}`));
      }
      const last = pairs.map(({ client }) => next(client, "end"));
      world.io.to("room").emit("news", "both");
      first.server.to("room").emit("news", "second alone");
      world.io.emit("end");
      await Promise.all(last);
      assert.deepEqual(heard.toSorted(), ["first both", "second both", "second second alone"]);
    }),
  );

  it(
    "joins another namespace, with a query",
    withWorld(async (world) => {
      const { client, server } = await world.pair("/admin?token=abc", { query: { all: "1" } });
      assert.equal(server.nsp.name, "/admin");
      assert.equal(server.id, client.id);
      assert.match(server.id, /^\/admin#/);
      assert.equal(server.handshake.auth["token"], "abc");
      const received = next(server, "up");
      client.emit("up", "there");
      assert.deepEqual(await received, ["there"]);
      const back = next(client, "down");
      world.io.of("/admin").emit("down", Buffer.of(1));
      assert.deepEqual(await back, [Buffer.of(1)]);
      assert.equal(world.io.of("/").sockets.size, 1);
    }),
  );

  it(
    "is refused by a middleware, with its message or its data",
    withWorld(
      async (world) => {
        const [message] = await next(world.client("/", { query: { why: "message" } }), "error");
        assert.equal(message, "no entry");
        const [data] = await next(world.client("/", { query: { why: "data" } }), "error");
        assert.deepEqual(data, { code: 7 });
      },
      (io) => {
        io.use((socket, proceed) => {
          const error = new Error("no entry") as Error & { data?: unknown };
          if (socket.handshake.query["why"] === "data") error.data = { code: 7 };
          proceed(error);
        });
      },
    ),
  );

  it(
    "leaves a namespace, and stays in the root",
    withWorld(async (world) => {
      const admin = await world.pair("/admin");
      const left = next(admin.server, "disconnect");
      admin.client.close();
      const [reason] = await left;
      // A client that leaves its only namespace ends its line, which may be seen first.
      assert.ok(["client namespace disconnect", "transport close"].includes(reason as string));
      await until("nobody is there", () => world.io.of("/admin").sockets.size === 0);
    }),
  );

  it(
    "is disconnected by the server",
    withWorld(async (world) => {
      const { client, server } = await world.pair("", { reconnection: false });
      const told = next(client, "disconnect");
      const gone = next(server, "disconnect");
      server.disconnect();
      assert.deepEqual(await told, ["io server disconnect"]);
      assert.equal((await gone)[0], "server namespace disconnect");
    }),
  );

  it(
    "comes back after its line was cut",
    withWorld(async (world) => {
      const { client, server } = await world.pair();
      const { id } = server;
      const again = next(world.io, "connection");
      const reconnected = next(client, "connect");
      server.conn.close();
      await Promise.all([again, reconnected]);
      assert.notEqual(client.id, id);
      assert.equal(client.connected, true);
    }),
  );

  it(
    "stays through heartbeats, which are its own",
    withWorld(
      async (world) => {
        const { client, server } = await world.pair();
        for (let beat = 0; beat < 4; beat++) await next(server.conn, "heartbeat");
        assert.equal(client.connected, true);
      },
      undefined,
      { pingInterval: 50, pingTimeout: 3_000 },
    ),
  );
}
