// The server of the soak: everything that a busy day brings, on short time-outs.
import { createServer } from "node:http";
import { Server } from "hawser";

const leak = process.argv[2] === "leak";
const leaked = [];
const rooms = 50;
const tickMs = 20;
const settleRounds = 5;
const settleMs = 50;

const http = createServer();
const io = new Server(http, {
  // Who vanishes is noticed within a second and a half, so that each cycle can end with nobody.
  pingInterval: 1000,
  pingTimeout: 500,
  connectTimeout: 1000,
  upgradeTimeout: 1000,
  perMessageDeflate: false,
});
let connections = 0;
let ticks = 0;
let quiet = false;

io.on("connection", (socket) => {
  const number = connections++;
  if (leak) leaked.push({ number, id: socket.id, text: "x".repeat(100) });
  for (let room = 0; room < 5; room++) void socket.join(`room ${(number + room) % rooms}`);
  void socket.leave(`room ${number % rooms}`);
  socket.on("echo", (data, reply) => reply(data));
  // Neither is ever answered.
  socket.emit("question", number, () => {});
  socket.timeout(300).emit("question", number, () => {});
});

setInterval(() => {
  if (quiet) return;
  ticks++;
  io.to(`room ${ticks % rooms}`).emit("news", ticks, "n".repeat(200));
  if (ticks % 5 === 0) io.emit("all", ticks, "a".repeat(2000), Buffer.alloc(1000));
  if (ticks % 50 === 0) io.timeout(300).emit("question", ticks, () => {});
}, tickMs);

async function memoryAfterGc() {
  for (let round = 0; round < settleRounds; round++) {
    globalThis.gc();
    await new Promise((resolve) => {
      setTimeout(resolve, settleMs);
    });
  }
  const { heapUsed, rss, arrayBuffers } = process.memoryUsage();
  return { heapUsed, rss, arrayBuffers };
}

process.on("message", async (request) => {
  if (request === "state") {
    const { size } = io.of("/").adapter.rooms;
    process.send({ clients: io.engine.clientsCount, rooms: size, connections });
  }
  if (request === "quiet" || request === "busy") quiet = request === "quiet";
  if (request === "memory") process.send(await memoryAfterGc());
});
process.on("disconnect", () => process.exit(0));
http.listen(0, "127.0.0.1", () => process.send({ port: http.address().port }));
