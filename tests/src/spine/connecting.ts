import assert from "node:assert/strict";
import { it } from "node:test";
import { finalTransport } from "../support/pairing.ts";
import { collect, next } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

export function connecting({ mode, open }: Spine): void {
  it("connects: one id at both ends, on the transport of the mode", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    assert.equal(client.connected, true);
    assert.equal(server.id, client.id);
    assert.notEqual(client.io.engine.id, client.id, "the connection has an id of its own");
    assert.equal(server.conn.transport.name, finalTransport(mode));
    assert.equal(client.io.engine.transport.name, finalTransport(mode));
    assert.equal(world.io.engine.clientsCount, 1);
  });

  it("hands over auth, query and headers", async (t) => {
    const world = await open(t);
    const { server } = await world.pair("", {
      auth: { token: "grün", nested: { n: 1 } },
      query: { room: "a&b=c", empty: "" },
      extraHeaders: { "x-hello": "there" },
    });
    assert.deepEqual(server.handshake.auth, { token: "grün", nested: { n: 1 } });
    assert.equal(server.handshake.query["room"], "a&b=c");
    assert.equal(server.handshake.query["EIO"], "4");
    assert.equal(server.handshake.headers["x-hello"], "there");
    assert.equal(server.handshake.address.endsWith("127.0.0.1"), true);
    assert.equal(server.handshake.xdomain, false);
  });

  it("takes auth from a function", async (t) => {
    const world = await open(t);
    const { server } = await world.pair("", {
      auth: (give) => setImmediate(() => give({ token: "late" })),
    });
    assert.deepEqual(server.handshake.auth, { token: "late" });
  });

  it("keeps the order of events sent at once, in both directions, through the upgrade", async (t) => {
    const count = 300;
    const expected = Array.from({ length: count }, (_, index) => index);
    const world = await open(t, {
      setup: (io) => {
        io.on("connection", (socket) => {
          for (const index of expected) socket.emit("down", index);
          void collect(socket, "up", count).then((seen) => socket.emit("seen", seen));
        });
      },
    });
    const client = await world.client();
    const down = collect<number>(client, "down", count);
    const seen = next<[number[]]>(client, "seen");
    client.on("connect", () => {
      for (const index of expected) client.emit("up", index);
    });
    client.connect();
    assert.deepEqual(await down, expected);
    assert.deepEqual((await seen)[0], expected);
    await world.settled(client);
  });

  it("keeps the order of binary and text events mixed, while it upgrades", async (t) => {
    const count = 60;
    const world = await open(t, {
      setup: (io) => {
        io.on("connection", (socket) => {
          socket.on("up", (index, bytes) => socket.emit("down", index, bytes));
        });
      },
    });
    const client = await world.client();
    const down: [number, unknown][] = [];
    const done = new Promise<void>((resolve) => {
      client.on("down", (index: number, bytes: unknown) => {
        if (down.push([index, bytes]) === count) resolve();
      });
    });
    client.connect();
    let sent = 0;
    while (sent < count) {
      client.emit("up", sent, sent % 2 === 0 ? Buffer.alloc(sent, sent) : "text");
      sent += 1;
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
    for (const [position, [index, bytes]] of down.entries()) {
      assert.equal(index, position);
      assert.deepEqual(bytes, index % 2 === 0 ? Buffer.alloc(index, index) : "text");
    }
  });

  it("stays connected through many heartbeats", async (t) => {
    const world = await open(t, { options: { pingInterval: 25, pingTimeout: 2_000 } });
    const { client, server } = await world.pair();
    const reasons: unknown[] = [];
    client.on("disconnect", (reason) => reasons.push(reason));
    await collect(server.conn, "heartbeat", 5);
    assert.equal(client.connected, true);
    assert.deepEqual(reasons, []);
  });
}
