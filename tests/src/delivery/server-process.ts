// A server with a log on disk, as a process that may be killed. Talks in JSON lines; what handlers begin goes to a file.
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileLog } from "@hawser/log-sqlite";
import { Server } from "hawser";

const [path, port] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const http = createServer();
const io = new Server(http, {
  // It is the process that dies here, not the machine.
  delivery: { log: fileLog(path!, { durability: { batchedMs: 5 } }) },
  connectionStateRecovery: {},
  serveClient: false,
});
io.on("connection", (socket) => {
  if (!socket.recovered) void socket.join("room");
  socket.on("say", (n: number, ack: (answer: string) => void) => {
    const redelivered = socket.delivery.current?.redelivered;
    appendFileSync(`${path}.handled`, `${JSON.stringify({ n, redelivered })}\n`);
    void io.to("room").durable.emit("said", n);
    ack(`answer to ${n}`);
  });
});
createInterface({ input: process.stdin }).on("line", (line) => {
  const { emit } = JSON.parse(line) as { emit: number };
  void io
    .to("room")
    .durable.emit("n", emit)
    .then(({ offset }) => say({ committed: emit, offset }));
});
await io.delivery!.ready;
http.listen(Number(port ?? 0), "127.0.0.1", () =>
  say({ port: (http.address() as AddressInfo).port }),
);
