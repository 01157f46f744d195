// socket.io-msgpack-parser, unchanged, on the server and in either client.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { io as originalIo } from "original-client";
import { io as hawserIo } from "socket.io-client";
import parser from "socket.io-msgpack-parser";
import { hawserServer } from "./support/alias.mjs";
import { World, connected, next, until } from "./support/world.mjs";

const { Server } = hawserServer();

for (const [name, lib] of [
  ["the client from npm", originalIo],
  ["Hawser's client", hawserIo],
]) {
  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    describe(`socket.io-msgpack-parser with ${name} over ${transports.join(" then ")}`, () => {
      const world = new World();
      let io, client;
      before(async () => {
        io = await world.server(Server, { parser, connectionStateRecovery: {} });
        io.of("/admin").on("connection", (socket) => socket.emit("welcome", "admin"));
        io.on("connection", (socket) => {
          socket.join("room");
          socket.on("echo", (value, reply) => reply(value));
          socket.on("to all", (value) => io.to("room").emit("all", value));
        });
        client = await world.client(io, { lib, parser, transports });
      });
      after(() => world.end());

      it("carries events, binary and acknowledgements both ways", async () => {
        const value = { text: "grüße", n: 1.5, bytes: Buffer.from([0, 255]), list: [null, true] };
        const back = await client.emitWithAck("echo", value);
        assert.deepEqual({ ...back, bytes: [...back.bytes] }, { ...value, bytes: [0, 255] });
        const heard = next(client, "all");
        client.emit("to all", { bytes: Buffer.from("abc") });
        assert.equal(Buffer.from((await heard)[0].bytes).toString(), "abc");
        client.on("question", (reply) => reply("answer"));
        assert.deepEqual(await io.timeout(4_000).emitWithAck("question"), ["answer"]);
      });

      it("has namespaces, and says when there is none", async () => {
        const admin = client.io.socket("/admin");
        assert.deepEqual(await next(admin, "welcome").then(([who]) => who), "admin");
        const nowhere = client.io.socket("/nowhere");
        const [error] = await next(nowhere, "connect_error");
        assert.equal(error.message, "Invalid namespace");
        admin.disconnect();
        nowhere.disconnect();
      });

      it("recovers", async () => {
        const { id } = client;
        const heard = [];
        client.on("news", (n) => heard.push(n));
        io.emit("news", 1);
        await until("the first has come", () => heard.length === 1);
        client.io.engine.close();
        io.emit("news", 2);
        await connected(client);
        await until("the second has come", () => heard.length === 2);
        assert.equal(client.recovered, true);
        assert.equal(client.id, id);
      });
    });
  }
}

describe("a client with another parser than the server's", () => {
  const world = new World();
  after(() => world.end());

  it("is disconnected, and hurts nobody", async () => {
    const io = await world.server(Server, { parser });
    const { port } = io.httpServer.address();
    const client = originalIo(`http://127.0.0.1:${port}`, { reconnection: false, forceNew: true });
    const closed = new Promise((resolve) => client.io.once("close", resolve));
    assert.ok(await closed);
    client.disconnect();
    await world.client(io, { parser });
  });
});
