// The base classes of socket.io-adapter, from which adapters are made.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Adapter, ClusterAdapter, SessionAwareAdapter } from "socket.io-adapter";
import { hawserServer } from "./support/alias.mjs";
import { World, connected, next, until } from "./support/world.mjs";

const { Server } = hawserServer();

/** An adapter whose message bus is down. */
class Broken extends ClusterAdapter {
  doPublish() {
    return Promise.reject(new Error("the bus is down"));
  }
  doPublishResponse() {
    return Promise.reject(new Error("the bus is down"));
  }
}

describe("socket.io-adapter f6301588: a publish that fails", () => {
  const world = new World();
  after(() => world.end());

  it("does not keep a broadcast from the members of this node", async () => {
    const io = await world.server(Server, { adapter: Broken });
    const client = await world.client(io);
    const heard = next(client, "all");
    io.emit("all", 1);
    assert.deepEqual(await heard, [1]);
  });
});

for (const { name, adapter } of [
  { name: "Adapter", adapter: Adapter },
  { name: "Adapter, made by an arrow function", adapter: (nsp) => new Adapter(nsp) },
]) {
  describe(`the in-memory ${name} of npm`, () => {
    const world = new World();
    let io, client;
    before(async () => {
      io = await world.server(Server, { adapter });
      client = await world.client(io);
    });
    after(() => world.end());

    it("broadcasts, with binary, to rooms, volatile, with acknowledgements", async () => {
      assert.ok(io.of("/").adapter instanceof Adapter);
      io.socketsJoin("room");
      const heard = next(client, "bytes");
      io.to("room").emit("bytes", Buffer.from([1, 2]), "text");
      const [bytes, text] = await heard;
      assert.deepEqual([[...bytes], text], [[1, 2], "text"]);
      const volatile = next(client, "volatile");
      io.volatile.emit("volatile");
      await volatile;
      client.on("ask", (reply) => reply("answer"));
      assert.deepEqual(await io.timeout(4_000).emitWithAck("ask"), ["answer"]);
      assert.equal((await io.fetchSockets())[0].id, client.id);
    });

    it("tells outgoing listeners, once for each socket", async () => {
      const seen = [];
      io.sockets.sockets.get(client.id).onAnyOutgoing((...args) => seen.push(args));
      const heard = next(client, "seen");
      io.emit("seen", 1);
      await heard;
      assert.deepEqual(seen, [["seen", 1]]);
    });
  });
}

describe("the SessionAwareAdapter of npm", () => {
  const world = new World();
  after(() => world.end());

  it("recovers on our server", async () => {
    const options = { adapter: SessionAwareAdapter, connectionStateRecovery: {} };
    const io = await world.server(Server, options);
    const client = await world.client(io);
    const heard = [];
    client.on("news", (n) => heard.push(n));
    io.emit("news", 1);
    await until("the first has come", () => heard.length === 1);
    const { id } = client;
    client.io.reconnection(false);
    client.io.engine.close();
    await until("the server knows", () => io.of("/").sockets.size === 0);
    io.emit("news", 2);
    client.connect();
    await connected(client);
    await until("the second has come", () => heard.length === 2);
    assert.equal(client.recovered, true);
    assert.equal(client.id, id);
    await io.end();
  });
});
