// Applications written for Socket.IO, in CommonJS, moved by the alias alone.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { io as originalIo } from "original-client";
import { io as hawserIo } from "socket.io-client";
import { hawserServer } from "./support/alias.mjs";
import { World, next } from "./support/world.mjs";

const { Server } = hawserServer();
const require = createRequire(import.meta.url);

async function start(world, name) {
  const { server, io } = require(`./apps/${name}.cjs`);
  assert.ok(io instanceof Server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  world.onEnd(() => io.close());
  return io;
}

describe("a chat", () => {
  const world = new World();
  let io, ann, bob;
  before(async () => {
    io = await start(world, "chat");
    ann = await world.client(io, { lib: originalIo });
    bob = await world.client(io, { lib: hawserIo });
  });
  after(() => world.end());

  it("knows who comes, speaks, types and leaves", async () => {
    const login = next(ann, "login");
    ann.emit("add user", "ann");
    assert.deepEqual(await login, [{ numUsers: 1 }]);
    const joined = next(ann, "user joined");
    bob.emit("add user", "bob");
    assert.deepEqual(await joined, [{ username: "bob", numUsers: 2 }]);
    const message = next(ann, "new message");
    bob.emit("new message", "hello");
    assert.deepEqual(await message, [{ username: "bob", message: "hello" }]);
    const typing = next(bob, "typing");
    ann.emit("typing");
    assert.deepEqual(await typing, [{ username: "ann" }]);
    const left = next(bob, "user left");
    ann.disconnect();
    assert.deepEqual(await left, [{ username: "ann", numUsers: 1 }]);
  });

  it("serves the client that its page asks for, in every form that there is, compressed and cached", async () => {
    const root = `http://127.0.0.1:${io.httpServer.address().port}/socket.io`;
    for (const [accept, encoding] of [
      ["gzip", "gzip"],
      ["br", "br"],
      ["deflate", "deflate"],
      ["identity", null],
    ]) {
      const headers = { "accept-encoding": accept };
      const response = await fetch(`${root}/socket.io.js?v=1`, { headers });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-encoding"), encoding);
      assert.match(response.headers.get("content-type"), /^application\/javascript/);
      assert.match(await response.text(), /function/);
      const etag = response.headers.get("etag");
      const again = await fetch(`${root}/socket.io.js`, { headers: { "if-none-match": etag } });
      assert.equal(again.status, 304);
    }
    for (const name of [
      "socket.io",
      "socket.io.esm",
      "socket.io.msgpack",
      "socket.io.websocket.esm",
    ]) {
      for (const ending of ["min.js", "min.js.map"]) {
        assert.equal((await fetch(`${root}/${name}.${ending}`)).status, 200, `${name}.${ending}`);
      }
    }
    assert.equal((await fetch(`${root}/socket.io.msgpack.js`)).status, 404);
  });
});

describe("a whiteboard", () => {
  const world = new World();
  after(() => world.end());

  it("shows to the others what one draws, and lets no page of another origin in", async () => {
    const io = await start(world, "whiteboard");
    const pages = { extraHeaders: { origin: "http://board.test" } };
    const [one, two] = [await world.client(io, pages), await world.client(io, pages)];
    const line = { x0: 0.1, y0: 0.2, x1: 0.3, y1: 0.4, color: "black" };
    const seen = next(two, "drawing");
    one.emit("drawing", line);
    assert.deepEqual(await seen, [line]);
    const foreign = { extraHeaders: { origin: "http://elsewhere.test" }, reconnection: false };
    for (const transports of [["polling"], ["websocket"]]) {
      await assert.rejects(world.client(io, { ...foreign, transports }));
    }
  });
});
