// A primary with two workers, each with a server. Tells its parent the port, and ends when it is told to.
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:http";
import { createAdapter, setupPrimary } from "@socket.io/cluster-adapter";
import { setupMaster, setupWorker } from "@socket.io/sticky";
import { Server } from "socket.io";

const workersMax = 2;

async function primary() {
  const http = createServer();
  setupMaster(http, { loadBalancingMethod: "round-robin" });
  setupPrimary();
  cluster.setupPrimary({ serialization: "advanced" });
  const workers = Array.from({ length: workersMax }, () => cluster.fork());
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise((resolve) => {
          worker.on("message", (message) => message === "serving" && resolve());
        }),
    ),
  );
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  process.send({ port: http.address().port });
  const end = () => process.exit(0);
  process.on("message", (message) => message === "end" && end());
  process.on("disconnect", end);
}

function worker() {
  const io = new Server(createServer(), { adapter: createAdapter() });
  setupWorker(io);
  io.on("who are you", (reply) => reply(process.pid));
  io.on("connection", (socket) => {
    socket.on("which worker", (reply) => reply(process.pid));
    socket.on("to all", (value) => io.emit("all", value));
    socket.on("join", (room, reply) => {
      void socket.join(room);
      reply();
    });
    socket.on("how many sockets", async (...args) => {
      const reply = args.pop();
      const meant = args.length > 0 ? io.in(args[0]) : io;
      reply((await meant.fetchSockets()).length);
    });
    socket.on("ask all", async (reply) =>
      reply(await io.timeout(4_000).emitWithAck("your number")),
    );
    socket.on("ask the other worker", async (reply) => {
      reply(await io.serverSideEmitWithAck("who are you"));
    });
  });
  process.send("serving");
}

if (cluster.isPrimary) await primary();
else worker();
