// The load of the soak: clients that come and go, well and badly.
import { setTimeout as pause } from "node:timers/promises";
import { io } from "@hawser/client";
import { WebSocket } from "ws";

const [port] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}`;
const visitors = 20;
const slowReaders = 5;
const echoes = 5;
const patienceMs = 5000;
const state = { running: false };
const everything = new Set();

function fail(text) {
  console.error(text);
  process.exit(1);
}

/** Comes, says something, hears it, and goes: with a goodbye, without one, or in the midst of an upgrade. */
async function visit(number) {
  const transports = number % 3 === 0 ? ["polling", "websocket"] : ["websocket"];
  const socket = io(url, { forceNew: true, reconnection: false, transports, timeout: patienceMs });
  everything.add(socket);
  await new Promise((resolve) => {
    socket.once("connect", resolve);
    socket.once("connect_error", resolve);
  });
  if (socket.connected) {
    const data = [number, Buffer.alloc(300, number)];
    for (let turn = 0; turn < echoes && socket.connected; turn++) {
      const [same] = await socket.timeout(patienceMs).emitWithAck("echo", data);
      if (same !== number) fail(`sent ${number}, got ${same}`);
    }
  }
  if (number % 4 === 0) socket.io.engine.close();
  else socket.disconnect();
  everything.delete(socket);
}

async function visitAgainAndAgain(visitor) {
  for (let turn = 0; state.running; turn++) {
    await visit(turn * visitors + visitor).catch((error) => {
      // A line may die on a machine that is busy with something else; an answer that does not come may not.
      if (state.running && error.message !== "socket has been disconnected") {
        fail(`a visit failed: ${error.message}`);
      }
    });
  }
}

/** Reads nothing, and stays until the server has enough of it. */
function readSlowly() {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  everything.add(socket);
  socket.on("open", () => {
    socket.send("40");
    socket.pause();
  });
  socket.on("error", () => {});
  socket.on("close", () => everything.delete(socket));
}

/** Opens a session over polling and is never seen again. */
async function vanish() {
  const path = `${url}/socket.io/?EIO=4&transport=polling`;
  const opened = await (await fetch(path)).text();
  const { sid } = JSON.parse(opened.slice(1));
  await fetch(`${path}&sid=${sid}`, { method: "POST", body: "40" });
}

async function vanishAgainAndAgain() {
  while (state.running) {
    await vanish().catch((error) => state.running && fail(`polling failed: ${error.message}`));
    await pause(20);
  }
}

process.on("message", async (request) => {
  if (request === "start") {
    state.running = true;
    for (let visitor = 0; visitor < visitors; visitor++) void visitAgainAndAgain(visitor);
    for (let reader = 0; reader < slowReaders; reader++) readSlowly();
    void vanishAgainAndAgain();
  }
  if (request === "stop") {
    state.running = false;
    await pause(300);
    for (const socket of everything) (socket.terminate ?? socket.disconnect).call(socket);
    everything.clear();
    process.send("stopped");
  }
});
process.on("disconnect", () => process.exit(0));
process.send("ready");
