import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { io } from "./index.ts";
import type { Socket, TransportError } from "./index.ts";
import { Peer, modes, next } from "./testing/peer.ts";

describe("npm socket.io", () => {
  let peer: Peer;
  afterEach(() => peer.close());

  it("moves a connection to a websocket, and says so", async () => {
    peer = await new Peer().start();
    const socket = peer.client();
    const told: string[] = [];
    socket.io.engine.on("upgrading", (transport) => told.push(`upgrading ${transport.name}`));
    const [transport] = await next<{ name: string }>(socket.io.engine, "upgrade");
    expect([...told, transport!.name]).toEqual(["upgrading websocket", "websocket"]);
    expect(peer.server.engine.clientsCount).toBe(1);
    await expect.poll(() => socket.connected).toBe(true);
  });

  it("goes on with polling where websockets do not come through", async () => {
    peer = await new Peer().start((server) => {
      server.on("connection", (socket) => socket.on("e", (cb: (x: number) => void) => cb(1)));
    });
    peer.http.removeAllListeners("upgrade");
    peer.http.on("upgrade", (_, socket) => socket.destroy());
    const socket = peer.client();
    const [error] = await next<Error & { transport: string }>(socket.io.engine, "upgradeError");
    expect([error!.message, error!.transport]).toEqual(["probe error", "websocket"]);
    expect(await socket.emitWithAck("e")).toBe(1);
    expect(socket.io.engine.transport.name).toBe("polling");
  });

  it("tries the other transport with tryAllTransports", async () => {
    peer = await new Peer({ transports: ["websocket"] }).start();
    const socket = peer.client({ tryAllTransports: true });
    await next(socket, "connect");
    expect(socket.io.engine.transport.name).toBe("websocket");
  });

  it("remembers that a websocket worked", async () => {
    peer = await new Peer().start();
    const first = peer.client();
    await next(first.io.engine, "upgrade");
    const second = peer.client({ rememberUpgrade: true });
    expect(second.io.engine.transport.name).toBe("websocket");
    await next(second, "connect");
  });

  it("tells what was wrong with a request", async () => {
    peer = await new Peer({ transports: ["websocket"] }).start();
    const socket = peer.client({ transports: ["polling"], reconnection: false });
    const [error] = await next<TransportError>(socket, "connect_error");
    expect(error).toMatchObject({
      message: "xhr poll error",
      type: "TransportError",
      description: 400,
      context: { status: 400, responseText: '{"code":0,"message":"Transport unknown"}' },
    });
  });

  it("tells when there is no server", async () => {
    peer = await new Peer().start();
    await peer.stop();
    const polling = peer.client({ transports: ["polling"], reconnection: false });
    const [error] = await next<TransportError>(polling, "connect_error");
    expect([error!.message, error!.description]).toEqual(["xhr poll error", 0]);
    const websocket = peer.client({ transports: ["websocket"], reconnection: false });
    const [other] = await next<TransportError>(websocket, "connect_error");
    expect([other!.message, other!.type]).toEqual(["websocket error", "TransportError"]);
    await peer.start();
  });

  it("keeps the server's cookies with withCredentials, on both transports", async () => {
    const seen: (string | undefined)[] = [];
    peer = await new Peer({ cookie: true }).start((server) => {
      server.engine.on(
        "headers",
        (headers: Record<string, unknown>, req: { headers: { cookie?: string } }) => {
          headers["Set-Cookie"] ??= "more=1";
          seen.push(req.headers.cookie);
        },
      );
    });
    const socket = peer.client({ withCredentials: true });
    await next(socket.io.engine, "upgrade");
    expect(seen[0]).toBeUndefined();
    const cookie = `io=${socket.io.engine.id}`;
    expect(seen.slice(1).length).toBeGreaterThan(1);
    for (const header of seen.slice(1)) expect(header).toContain(cookie);
    const without = peer.client();
    seen.length = 0;
    await next(without.io.engine, "upgrade");
    expect(seen.every((header) => header === undefined)).toBe(true);
  });

  it("splits what is larger than one request may be", async () => {
    const sizes: number[] = [];
    peer = await new Peer({ maxHttpBufferSize: 5000 }).start((server) => {
      server.on("connection", (socket) => socket.on("e", (_: string, cb?: () => void) => cb?.()));
    });
    peer.http.prependListener("request", (req) => {
      if (req.method === "POST") sizes.push(Number(req.headers["content-length"]));
    });
    const socket = peer.client({ transports: ["polling"] });
    await next(socket, "connect");
    for (let i = 0; i < 20; i++) socket.emit("e", "€".repeat(500));
    await socket.emitWithAck("e", "end");
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5000);
    expect(sizes.filter((size) => size > 4000).length).toBeGreaterThanOrEqual(6);
  });

  it("closes with an error when the server takes a request for too large", async () => {
    peer = await new Peer({ maxHttpBufferSize: 5000 }).start();
    const socket = peer.client({ transports: ["polling"], reconnection: false });
    await next(socket, "connect");
    socket.emit("e", "x".repeat(6000));
    const [reason, details] = await next<TransportError & string>(socket, "disconnect");
    expect(reason).toBe("transport error");
    expect([details!.message, details!.description]).toEqual(["xhr post error", 413]);
  });

  it("speaks base64 on request", async () => {
    peer = await new Peer().start((server) => {
      server.on("connection", (socket) => {
        socket.on("e", (data: Buffer, cb: (data: Buffer) => void) => cb(data));
      });
    });
    for (const [, mode] of modes) {
      const socket = peer.client({ ...mode, forceBase64: true });
      const kinds: string[] = [];
      socket.io.engine.on("packet", ({ data }) => kinds.push(typeof data));
      expect(await socket.emitWithAck("e", Buffer.from([1, 2]))).toEqual(Buffer.from([1, 2]));
    }
  });

  it("answers on a path without its slash", async () => {
    peer = await new Peer({ path: "/my", addTrailingSlash: false }).start();
    for (const [, mode] of modes) {
      const socket = peer.client({ ...mode, path: "/my/", addTrailingSlash: false });
      expect(await next(socket, "connect")).toEqual([]);
    }
  });

  it("sends Blobs", async () => {
    peer = await new Peer().start((server) => {
      server.on("connection", (socket) => {
        socket.on("e", (data: Buffer, cb: (data: Buffer) => void) => cb(data));
      });
    });
    for (const [, mode] of modes) {
      const socket = peer.client(mode);
      const first = socket.emitWithAck("e", new Blob(["first"]));
      const second = socket.emitWithAck("e", Buffer.from("second"));
      expect([await first, await second]).toEqual([Buffer.from("first"), Buffer.from("second")]);
    }
  });
});

describe("npm socket.io over TLS", () => {
  const folder = new URL("../../../tests/fixtures/tls/", import.meta.url);
  const cert = readFileSync(new URL("for-tests-only.cert.pem", folder), "utf8");
  const key = readFileSync(new URL("for-tests-only.key.pem", folder), "utf8");
  let server: Server;
  let url: string;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    const https = createServer({ cert, key });
    server = new Server(https);
    await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
    url = `https://localhost:${(https.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.disconnect();
    await server.close();
  });

  function client(options: object): Socket {
    const socket = io(url, { forceNew: true, reconnection: false, ...options });
    sockets.push(socket);
    return socket;
  }

  it.each(modes)("connects over %s to a server that it can trust", async (_, mode) => {
    expect(await next(client({ ...mode, ca: cert }), "connect")).toEqual([]);
  });

  it.each(modes)("CVE-2016-10536: refuses one that it cannot, over %s", async (_, mode) => {
    const [error] = await next<Error>(
      client({ ...mode, rejectUnauthorized: undefined }),
      "connect_error",
    );
    expect(error!.message).toMatch(/xhr poll error|websocket error/);
    await next(client({ ...mode, rejectUnauthorized: false }), "connect");
  });
});
