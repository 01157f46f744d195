// Run in a project that has the packed packages installed: both module forms load, and meet each other.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as cli from "@hawser/cli";
import * as client from "@hawser/client";
import * as engine from "@hawser/engine";
import * as logSqlite from "@hawser/log-sqlite";
import * as protocol from "@hawser/protocol";
import * as websocket from "@hawser/websocket";
import * as server from "hawser";

const require = createRequire(import.meta.url);
const imported = {
  "@hawser/protocol": protocol,
  "@hawser/websocket": websocket,
  "@hawser/engine": engine,
  "@hawser/client": client,
  "@hawser/log-sqlite": logSqlite,
  "@hawser/cli": cli,
  hawser: server,
};
const timeoutMs = 5_000;

/** One event there and back, with an acknowledgement and binary. */
async function echo({ Server }, { io }) {
  const listening = new Server(0, { transports: ["websocket", "polling"] });
  await new Promise((resolve) => {
    if (listening.httpServer.listening) resolve();
    else listening.httpServer.once("listening", resolve);
  });
  listening.on("connection", (socket) => {
    socket.on("echo", (value, done) => done(value));
  });
  const { port } = listening.httpServer.address();
  const socket = io(`http://127.0.0.1:${port}`, { reconnection: false });
  try {
    const value = { text: "grüße", bytes: Buffer.from([0, 1, 254, 255]) };
    const back = await socket.timeout(timeoutMs).emitWithAck("echo", value);
    assert.equal(back.text, value.text);
    assert.deepEqual([...back.bytes], [...value.bytes]);
  } finally {
    socket.disconnect();
    await listening.close();
  }
}

/** The WebSocket package in the place of `ws`: what one build makes is known to the other, and they talk. */
async function socketShape(one, other) {
  const server = new one.Server({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) => {
    const stream = other.createWebSocketStream(socket);
    stream.pipe(stream);
  });
  const client = new other(`ws://127.0.0.1:${server.address().port}`);
  try {
    client.on("open", () => client.send("grüße"));
    const [data, isBinary] = await new Promise((resolve, reject) => {
      client.on("message", (...args) => resolve(args)).on("error", reject);
    });
    assert.equal(data.toString(), "grüße");
    assert.equal(isBinary, true);
    assert.ok(client instanceof one && client instanceof other.WebSocket);
    assert.ok(!(client instanceof class extends one {}));
    assert.ok(server instanceof other.WebSocketServer);
  } finally {
    client.terminate();
    server.close();
  }
}

/** The log on disk writes and reads where Node has SQLite, and elsewhere says what to do. */
async function logShape({ fileLog, SqliteLogError }, path) {
  const log = fileLog(path);
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 13)) {
    const isClear = (error) =>
      error instanceof SqliteLogError && /Node 22\.13.*better-sqlite3/.test(error.message);
    await assert.rejects(log.open({}), isClear);
    return;
  }
  await log.open({});
  const entry = { namespace: "/", rooms: ["a"], except: [], text: '["b"]', attachments: [] };
  assert.equal(await log.commit({ entries: [entry], states: [] }), 1);
  const { records } = await log.history({ namespace: "/", room: "a", limit: 1 });
  assert.equal(records[0].text, entry.text);
  await log.close();
}

for (const [name, module] of Object.entries(imported)) {
  const names = Object.keys(module).filter((it) => it !== "default" && it !== "module.exports");
  assert.ok(names.length > 0, `${name} exports nothing`);
  const required = require(name);
  for (const it of names) assert.ok(it in required, `require("${name}") lacks ${it}`);
}
await echo(server, client);
await logShape(logSqlite, `imported-${process.pid}.db`);
await logShape(require("@hawser/log-sqlite"), `required-${process.pid}.db`);
await echo(require("hawser"), require("@hawser/client"));

const required = require("@hawser/websocket");
assert.equal(typeof required, "function");
await socketShape(websocket.default, required);
await socketShape(required, websocket.WebSocket);
// What came through the other module form is recognised as the same kind.
const codes = imported["@hawser/protocol"].HawserError;
if (codes)
  assert.ok(Symbol.hasInstance in codes, "HawserError is recognised across builds by a brand");
console.log(`ok on Node ${process.version}`);
