// The server under attack: a process of its own, so that a crash shows, with a line protocol on stdio.
// argv[2]: which server; argv[3]: its options as JSON.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { loadServer } from "../support/pairing.ts";
import type { Maker, ServerOptions } from "../support/pairing.ts";

const [maker, options] = process.argv.slice(2) as [Maker, string];
const { Server } = await loadServer(maker);

const http = createServer((_request, response) => response.end("other"));
const io = new Server(http, JSON.parse(options) as Partial<ServerOptions>);

/** How often each handler has run, and what ended connections. */
const handled: Record<string, number> = {};
const reasons: Record<string, number> = {};
const count = (into: Record<string, number>, name: string): void => {
  into[name] = (into[name] ?? 0) + 1;
};

io.on("connection", (socket) => {
  socket.onAny((name: unknown) => count(handled, String(name)));
  socket.on("disconnect", (reason) => count(reasons, reason));
  socket.on("echo", (...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === "function") last(...args.slice(0, -1));
    else socket.emit("echo", ...args);
  });
  socket.on("rebroadcast", (value: unknown) => io.emit("rebroadcast", value));
});

/** Sends to all. */
function flood(messages: number, bytes: number): void {
  const payload = "x".repeat(bytes);
  for (let sent = 0; sent < messages; sent += 1) io.emit("flood", payload);
}

function memory(collect: boolean): Record<string, number> {
  // Twice: what a first pass finalises is freed by the second.
  if (collect) globalThis.gc?.();
  if (collect) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, rss };
}

const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { id, what, messages, bytes } = JSON.parse(line) as Record<string, unknown>;
    if (what === "flood") flood(messages as number, bytes as number);
    say({
      id,
      ...memory(what === "collected state"),
      handled,
      reasons,
      connections: io.engine.clientsCount,
      sockets: io.of("/").sockets.size,
      rooms: io.of("/").adapter.rooms.size,
    });
  })
  .on("close", () => process.exit());

http.listen(0, "127.0.0.1", () => say({ port: (http.address() as AddressInfo).port }));
