// µWebSockets.js (as npm `uwebsockets` republishes it), unchanged, below `attachApp`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { io as originalIo } from "original-client";
import { hawserServer } from "./support/alias.mjs";
import { World, connected, next, until } from "./support/world.mjs";

hawserServer();
const program = fileURLToPath(new URL("support/uws-program.mjs", import.meta.url));
const startMs = 20_000;
/** Its binary loads on some Nodes only: this one, or the machine's. */
const nodes = [process.execPath, ...machineNodes()];

function machineNodes() {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const own = folders.filter((folder) => folder !== "" && !folder.includes("node_modules"));
  return own.map((folder) => join(folder, "node")).filter((file) => existsSync(file));
}

/** Starts the server on a Node that can; resolves with its port, or with why none can. */
async function start(world) {
  const reasons = [];
  for (const node of nodes) {
    const child = spawn(node, [program], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const gone = once(child, "close").catch((error) => [error.message]);
    const told = once(child, "message", { signal: AbortSignal.timeout(startMs) });
    const [message] = await Promise.race([told, gone.then((why) => [{ missing: why.join() }])]);
    told.catch(() => {});
    if (message.port !== undefined) {
      world.onEnd(async () => {
        if (child.connected) child.send("end");
        await gone;
      });
      return message;
    }
    if (child.connected) child.disconnect();
    reasons.push(`${node}: ${message.missing}`);
  }
  return { missing: reasons.join("; ") };
}

describe("µWebSockets.js under attachApp", () => {
  const world = new World();
  let port;
  let missing;
  before(async () => ({ port, missing } = await start(world)));
  after(() => world.end());

  const client = async (t, options) => {
    if (port === undefined) {
      t.skip(missing);
      return undefined;
    }
    const socket = originalIo(`http://127.0.0.1:${port}`, { forceNew: true, ...options });
    world.onEnd(() => socket.disconnect());
    return socket;
  };

  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    it(`carries events, acknowledgements, binary and rooms over ${transports.join(" then ")}`, async (t) => {
      const socket = await client(t, { transports });
      if (socket === undefined) return;
      await connected(socket);
      const wanted = transports.at(-1);
      await until("it has moved", () => socket.io.engine.transport.name === wanted);
      const args = ["é€😀", 1, { deep: [Buffer.of(1, 255)] }, "x".repeat(100_000)];
      const answer = await new Promise((resolve) => {
        socket.emit("echo", ...args, (...back) => resolve(back));
      });
      assert.deepEqual(answer, args);
      assert.deepEqual(await ask(socket, "which"), [wanted, "127.0.0.1"]);
      await ask(socket, "join", "room");
      const news = next(socket, "news");
      socket.emit("to room", "room", "to all", Buffer.of(7));
      assert.deepEqual(await news, ["to all", Buffer.of(7)]);
      const told = next(socket, "disconnect");
      socket.emit("end");
      assert.match((await told)[0], /io server disconnect|transport close/);
    });
  }

  it("runs middlewares, serves the client and leaves the app's own routes", async (t) => {
    const socket = await client(t, { auth: { refuse: true }, reconnection: false });
    if (socket === undefined) return;
    const [error] = await next(socket, "connect_error");
    assert.equal(error.message, "refused");
    const own = await fetch(`http://127.0.0.1:${port}/other`);
    assert.equal(await own.text(), "the app's own");
    const bundle = await fetch(`http://127.0.0.1:${port}/socket.io/socket.io.min.js`);
    assert.equal(bundle.status, 200);
    const etag = bundle.headers.get("etag");
    const again = await fetch(`http://127.0.0.1:${port}/socket.io/socket.io.min.js`, {
      headers: { "If-None-Match": etag },
    });
    assert.equal(again.status, 304);
  });
});

function ask(socket, event, ...args) {
  return new Promise((resolve) => {
    socket.emit(event, ...args, (...back) => resolve(back));
  });
}
