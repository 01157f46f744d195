// The server of held.test.ts, in a process of its own, so that what it holds can be measured alone. Talks over IPC.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type * as Peer from "ws";
import { subject } from "./subject.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** What the test asks for. */
export type Order =
  | { readonly what: "held" }
  | { readonly what: "peak" }
  | { readonly what: "close all" }
  | { readonly what: "send all"; readonly bytes: number; readonly times: number };

export interface Answer {
  readonly bytes: number;
  readonly rss: number;
  readonly clients: number;
  readonly codes: Record<number, number>;
}

const options = JSON.parse(process.argv[2] ?? "{}") as Peer.ServerOptions;
const server = new subject.WebSocketServer({ ...options, port: 0, host: "127.0.0.1" });
const codes: Record<number, number> = {};
let peak = 0;

server.on("listening", () => {
  process.send?.({ port: (server.address() as { port: number }).port });
});
server.on("connection", (socket) => {
  socket.on("error", () => undefined);
  socket.on("close", (code) => (codes[code] = (codes[code] ?? 0) + 1));
});

function bytesNow(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  peak = Math.max(peak, heapUsed + arrayBuffers);
  return heapUsed + arrayBuffers;
}
setInterval(bytesNow, 5).unref();

async function held(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return bytesNow();
}

process.on("message", (order: Order) => {
  void (async () => {
    if (order.what === "close all") for (const client of server.clients) client.close(1001);
    if (order.what === "send all") {
      const message = Buffer.alloc(order.bytes);
      for (let time = 0; time < order.times; time += 1) {
        for (const client of server.clients) client.send(message);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const bytes = order.what === "peak" ? peak : await held();
    const { rss } = process.memoryUsage();
    process.send?.({ bytes, rss, clients: server.clients.size, codes } satisfies Answer);
    peak = 0;
  })();
});
process.on("disconnect", () => process.exit());
