// @socket.io/redis-adapter (Pub/Sub, plain and sharded) and @socket.io/redis-emitter, unchanged.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import { hawserServer } from "./support/alias.mjs";
import { reachesOtherNodes } from "./support/nodes.mjs";
import { noRedis, startRedis } from "./support/redis.mjs";
import { World, connected, next, until } from "./support/world.mjs";

const { Server } = hawserServer();

async function twoNodes(world, redis, make) {
  const node = async () => {
    const adapter = make(await redis.client(), await redis.client());
    return world.server(Server, { adapter });
  };
  const [a, b] = [await node(), await node()];
  await until(
    "the nodes see each other",
    async () => (await a.of("/").adapter.serverCount()) === 2,
  );
  return { a, b, clientA: await world.client(a), clientB: await world.client(b) };
}

for (const [name, make] of [
  ["createAdapter", createAdapter],
  ["createShardedAdapter", createShardedAdapter],
]) {
  describe(`@socket.io/redis-adapter: ${name}`, { skip: noRedis }, () => {
    const world = new World();
    let nodes;
    before(async () => {
      nodes = await twoNodes(world, await startRedis(world), make);
    });
    after(() => world.end());
    reachesOtherNodes(() => nodes);
  });
}

describe(
  "@socket.io/redis-adapter, which keeps no sessions, with recovery on",
  { skip: noRedis },
  () => {
    const world = new World();
    after(() => world.end());

    it("gives a client that comes back a new session", async () => {
      const redis = await startRedis(world);
      const adapter = createAdapter(await redis.client(), await redis.client());
      const io = await world.server(Server, { adapter, connectionStateRecovery: {} });
      const client = await world.client(io);
      const { id } = client;
      client.io.engine.close();
      await connected(client);
      assert.equal(client.recovered, false);
      assert.notEqual(client.id, id);
      const heard = next(client, "all");
      io.emit("all", 1);
      assert.deepEqual(await heard, [1]);
    });
  },
);

describe("@socket.io/redis-emitter", { skip: noRedis }, () => {
  const world = new World();
  let nodes, emitter;
  before(async () => {
    const redis = await startRedis(world);
    nodes = await twoNodes(world, redis, createAdapter);
    emitter = new Emitter(await redis.client());
  });
  after(() => world.end());

  it("reaches clients from a process without a server", async () => {
    const heard = [next(nodes.clientA, "news"), next(nodes.clientB, "news")];
    emitter.emit("news", { bytes: Buffer.from([1, 2]) });
    for (const [news] of await Promise.all(heard)) assert.deepEqual([...news.bytes], [1, 2]);
  });

  it("puts sockets into rooms and speaks to those", async () => {
    emitter.in(nodes.clientB.id).socketsJoin("vip");
    await until("it is in the room", async () => (await nodes.a.in("vip").fetchSockets()).length);
    const heard = next(nodes.clientB, "vip");
    emitter.to("vip").emit("vip", 1);
    assert.deepEqual(await heard, [1]);
  });

  it("tells servers", async () => {
    const heard = [next(nodes.a, "from outside"), next(nodes.b, "from outside")];
    emitter.serverSideEmit("from outside", 7);
    assert.deepEqual(await Promise.all(heard), [[7], [7]]);
  });

  it("disconnects", async () => {
    const gone = next(nodes.clientA, "disconnect");
    emitter.disconnectSockets(true);
    await gone;
  });
});
