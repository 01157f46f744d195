// A server with durable delivery: on a disk, in memory, or (for comparison) without.
import { createServer } from "node:http";
import { Server, memoryLog } from "hawser";

const [kind, path] = process.argv.slice(2);
const logs = {
  disk: async () => (await import("@hawser/log-sqlite")).fileLog(path),
  memory: () => memoryLog(),
};
const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  pingInterval: 300_000,
  ...(kind === "off" ? {} : { delivery: { log: await logs[kind]() } }),
});
const payload = "x".repeat(128);

io.on("connection", (socket) => {
  void socket.join("room");
  socket.on("order", (order, answer) => answer(order));
});

async function say(number) {
  if (kind === "off") io.to("room").emit("m", number, payload);
  else await io.to("room").durable.emit("m", number, payload);
}

const tasks = {
  /** Says so many messages, so many at a time. */
  async say({ count, burst }) {
    for (let said = 0; said < count; said += burst) {
      const commits = Array.from({ length: burst }, (_, at) => say(said + at));
      await Promise.all(commits);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    return {};
  },
  position: () => io.delivery.position,
  state: () => ({ clients: io.engine.clientsCount, rss: process.memoryUsage().rss }),
};

process.on("message", async ({ task, ...settings }) => {
  process.send({ result: await tasks[task](settings) });
});
process.on("disconnect", () => process.exit(0));
http.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () =>
  process.send({ port: http.address().port }),
);
