import type { Socket as ServerSocket } from "socket.io";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebTransport } from "../index.ts";
import { sessionPair } from "../testing/fake-session.ts";
import type { SessionEnd } from "../testing/fake-session.ts";
import { Peer, next } from "../testing/peer.ts";

/** A platform with WebTransport, whose sessions end in npm engine.io without a network between them. */
function givePlatform(peer: Peer): string[] {
  const asked: string[] = [];
  vi.stubGlobal("WebTransport", function (url: string): SessionEnd {
    asked.push(url);
    const { client, server } = sessionPair();
    void peer.server.engine.onWebTransportSession(server);
    return client;
  });
  return asked;
}

describe("npm socket.io over WebTransport", () => {
  let peer: Peer;
  afterEach(async () => {
    await peer.close();
    vi.unstubAllGlobals();
  });

  const start = async (): Promise<string[]> => {
    peer = await new Peer({ transports: ["polling", "websocket", "webtransport"] }).start(
      (server) => {
        server.on("connection", (socket: ServerSocket) => {
          socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
        });
      },
    );
    return givePlatform(peer);
  };

  it("opens, carries text and binary both ways, and closes", async () => {
    const asked = await start();
    const socket = peer.client({ transports: [WebTransport] });
    for (const value of ["€", Buffer.alloc(70_000, 7), { deep: [Buffer.from("x")] }]) {
      const answer: unknown = await socket.timeout(5000).emitWithAck("echo", value);
      expect(JSON.stringify(answer)).toContain(typeof value === "string" ? value : "");
      if (Buffer.isBuffer(value)) expect(Buffer.from(answer as ArrayBuffer)).toEqual(value);
    }
    expect(socket.io.engine.transport.name).toBe("webtransport");
    expect(asked[0]).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/socket\.io\/\?EIO=4&transport=webtransport$/,
    );
    socket.disconnect();
    await expect.poll(() => peer.server.engine.clientsCount).toBe(0);
  });

  it("is an upgrade from polling", async () => {
    await start();
    const socket = peer.client({ transports: ["polling", "webtransport"] });
    const [transport] = await next<{ name: string }>(socket.io.engine, "upgrade");
    expect(transport!.name).toBe("webtransport");
    expect(await socket.timeout(5000).emitWithAck("echo", "there")).toBe("there");
  });

  it("fails where the platform has none", async () => {
    await start();
    vi.unstubAllGlobals();
    const socket = peer.client({ transports: [WebTransport], reconnection: false });
    const [error] = await next<Error>(socket, "connect_error");
    expect(error!.message).toBe("webtransport error");
  });
});
