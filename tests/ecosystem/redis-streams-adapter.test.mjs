// @socket.io/redis-streams-adapter, unchanged, with connection state recovery.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { io as hawserIo } from "socket.io-client";
import { hawserServer } from "./support/alias.mjs";
import { reachesOtherNodes } from "./support/nodes.mjs";
import { noRedis, startRedis } from "./support/redis.mjs";
import { World, connected, next, portOf, until } from "./support/world.mjs";

const { Server } = hawserServer();

describe("@socket.io/redis-streams-adapter", { skip: noRedis }, () => {
  const world = new World();
  let redis, nodes;
  const node = async (port) => {
    const adapter = createAdapter(await redis.client(), { blockTimeInMs: 100 });
    return world.server(Server, { adapter, connectionStateRecovery: {} }, port);
  };
  before(async () => {
    redis = await startRedis(world);
    const [a, b] = [await node(), await node()];
    await until(
      "the nodes see each other",
      async () => (await a.of("/").adapter.serverCount()) === 2,
    );
    nodes = { a, b, clientA: await world.client(a), clientB: await world.client(b) };
  });
  after(() => world.end());

  reachesOtherNodes(() => nodes);

  for (const { name, lib } of [
    { name: "the client from npm", lib: undefined },
    { name: "Hawser's client", lib: hawserIo },
  ]) {
    it(`recovers ${name} after its line broke, with what other nodes sent`, async () => {
      const { a, b } = nodes;
      let recovered;
      a.on("connection", (socket) => {
        recovered = socket.recovered;
        socket.join("room");
        socket.data.seen = (socket.data.seen ?? 0) + 1;
      });
      const client = await world.client(a, { lib });
      const { id } = client;
      const heard = [];
      client.on("room", (n) => heard.push(n));
      a.to("room").emit("room", 1);
      await until("the first has come", () => heard.length === 1);
      // It comes back when it is told to, and not before the server has missed it.
      client.io.reconnection(false);
      client.io.engine.close();
      await until("the server knows", () => !a.of("/").sockets.has(id));
      b.to("room").emit("room", 2);
      a.emit("room", 3);
      client.connect();
      await connected(client);
      await until("all have come", () => heard.length === 3);
      assert.deepEqual(heard, [1, 2, 3]);
      assert.equal(client.recovered, true);
      assert.equal(client.id, id);
      assert.equal(recovered, true);
      assert.equal(a.of("/").sockets.get(id).data.seen, 2);
      a.off("connection", a.listeners("connection").at(-1));
    });
  }

  it("recovers on a new process after a restart", async () => {
    const first = await node();
    const port = portOf(first);
    const client = await world.client(first);
    const { id } = client;
    const heard = [];
    client.on("news", (n) => heard.push(n));
    first.emit("news", 1);
    await until("the first has come", () => heard.length === 1);
    const gone = next(client, "disconnect");
    client.io.reconnection(false);
    await first.end();
    await gone;
    nodes.b.emit("news", 2);
    const second = await node(port);
    client.connect();
    await connected(client);
    await until("the second has come", () => heard.length === 2);
    assert.deepEqual(heard, [1, 2]);
    assert.equal(client.recovered, true);
    assert.equal(client.id, id);
    assert.equal(second.of("/").sockets.get(id).recovered, true);
  });
});
