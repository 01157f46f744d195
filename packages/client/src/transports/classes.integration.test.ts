import type { Socket as ServerSocket } from "socket.io";
import { afterEach, describe, expect, it } from "vitest";
import { Fetch, NodeWebSocket, NodeXHR, WebSocket } from "../index.ts";
import type { TransportCtor, TransportError } from "../index.ts";
import { Peer, next } from "../testing/peer.ts";

// The global WebSocket came with Node 22.
const here = <T>(list: T[]): T[] => ("WebSocket" in globalThis ? list : []);

const choices: [string, TransportCtor[], string][] = [
  ["Fetch", [Fetch], "polling"],
  ["NodeXHR", [NodeXHR], "polling"],
  ["NodeWebSocket", [NodeWebSocket], "websocket"],
  ["Fetch, then NodeWebSocket", [Fetch, NodeWebSocket], "websocket"],
  ...here<[string, TransportCtor[], string]>([
    ["WebSocket", [WebSocket], "websocket"],
    ["Fetch, then WebSocket", [Fetch, WebSocket], "websocket"],
  ]),
];

describe("transports as classes, with npm socket.io", () => {
  let peer: Peer;
  afterEach(() => peer.close());

  it.each(choices)("%s", async (_, transports, name) => {
    peer = await new Peer().start((server) => {
      server.on("connection", (socket: ServerSocket) => {
        socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
      });
    });
    const socket = peer.client({ transports });
    for (const value of ["€", 1, { a: [null] }]) {
      expect(await socket.timeout(5000).emitWithAck("echo", value)).toEqual(value);
    }
    const bytes = Buffer.alloc(100_000, 7);
    const answer: unknown = await socket.timeout(5000).emitWithAck("echo", bytes);
    expect(Buffer.from(answer as ArrayBuffer).equals(bytes)).toBe(true);
    await expect.poll(() => socket.io.engine.transport.name).toBe(name);
    socket.disconnect();
    await expect.poll(() => peer.server.engine.clientsCount).toBe(0);
  });

  it("Fetch keeps cookies, and sends headers", async () => {
    const seen: unknown[] = [];
    peer = await new Peer({ cookie: true }).start((server) => {
      server.engine.on("headers", (_: unknown, request: { headers: Record<string, string> }) =>
        seen.push([request.headers["cookie"], request.headers["x-a"]]),
      );
    });
    const socket = peer.client({
      transports: [Fetch],
      withCredentials: true,
      extraHeaders: { "x-a": "1" },
    });
    await next(socket, "connect");
    expect(seen[0]).toEqual([undefined, "1"]);
    expect(seen.at(-1)).toEqual([`io=${socket.io.engine.id}`, "1"]);
  });

  it("Fetch says what went wrong in words of its own", async () => {
    peer = await new Peer({ transports: ["websocket"] }).start();
    const socket = peer.client({ transports: [Fetch], reconnection: false });
    const [error] = await next<TransportError>(socket, "connect_error");
    expect([error!.message, error!.description]).toEqual(["fetch read error", 400]);
  });
});
