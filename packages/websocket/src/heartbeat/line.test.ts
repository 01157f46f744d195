import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as Peer } from "ws";
import { WebSocketError } from "../errors.ts";
import { PING, PONG, TEXT } from "../frame/header.ts";
import { masked, readFrames } from "../testing/frames.ts";
import { blackHole } from "../testing/proxy.ts";
import { readBytes, readHead, upgradeRequest } from "../testing/servers.ts";
import { cleanUp, cleanUpAll, closing, dial, listen, pair } from "../testing/sockets.ts";
import { certificate, privateKey } from "../testing/certificate.ts";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import type { AddressInfo, Socket } from "node:net";
import type { WebSocket } from "../socket/websocket.ts";
import type { Heartbeat } from "./heartbeat.ts";

afterEach(cleanUpAll);

/** How a socket ends: what its listeners of `error` and `close` are told. */
async function ending(
  socket: WebSocket,
): Promise<{ codes: unknown[]; code: number; reason: string }> {
  const codes: unknown[] = [];
  socket.on("error", (error) => codes.push(error instanceof WebSocketError ? error.code : error));
  const [code, reason] = await new Promise<[number, Buffer]>((resolve) =>
    socket.once("close", (...told) => resolve(told)),
  );
  return { codes, code, reason: reason.toString() };
}

const dead = {
  codes: ["WS_HEARTBEAT_TIMEOUT"],
  code: 1006,
  reason: "the peer showed no sign of life after a ping",
};

/** Waits for the next pings that the other end sends. */
async function pings(socket: WebSocket, count: number): Promise<void> {
  for (let seen = 0; seen < count; seen++)
    await new Promise((resolve) => socket.once("ping", resolve));
}

describe("heartbeat", () => {
  it("tells a server of a line that died without a word", async () => {
    const { server, url } = await listen({ heartbeat: { interval: 30, timeout: 60 } });
    const hole = await blackHole(Number(new URL(url).port));
    cleanUp.push(() => hole.close());
    const accepted = once(server, "connection") as Promise<[WebSocket]>;
    dial(`ws://127.0.0.1:${hole.port}`);
    const [socket] = await accepted;
    const ended = ending(socket);
    hole.open();
    expect(await ended).toEqual(dead);
    expect(server.clients.size).toBe(0);
  });

  it("tells a client of a line that died without a word", async () => {
    const { url } = await listen();
    const hole = await blackHole(Number(new URL(url).port));
    cleanUp.push(() => hole.close());
    const client = dial(`ws://127.0.0.1:${hole.port}`, [], {
      heartbeat: { interval: 30, timeout: 60 },
    });
    const ended = ending(client);
    await once(client, "open");
    hole.open();
    expect(await ended).toEqual(dead);
  });

  it("measures the round trip to npm ws, and leaves the application's own pings alone", async () => {
    const { server, url } = await listen({ heartbeat: { interval: 20, timeout: 20_000 } });
    const accepted = once(server, "connection") as Promise<[WebSocket]>;
    const peer = new Peer(url);
    cleanUp.push(() => peer.terminate());
    const heard: Buffer[] = [];
    peer.on("ping", (data) => heard.push(data));
    const [socket] = await accepted;
    expect(socket.rtt).toBeUndefined();
    const pongs: string[] = [];
    socket.on("pong", (data) => pongs.push(data.toString()));
    while (heard.length < 3 || socket.rtt === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    expect(socket.rtt).toBeGreaterThan(0);
    expect(socket.rtt).toBeLessThan(20_000);
    socket.ping("mine");
    while (pongs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(pongs).toEqual(["mine"]);
  });

  it("is off by default", async () => {
    const { client, peer } = await pair();
    expect([client.rtt, peer.rtt]).toEqual([undefined, undefined]);
    expect([client["link"].heartbeat, peer["link"].heartbeat]).toEqual([undefined, undefined]);
  });

  it.each(["tcp", "tls"])("takes any byte for life (%s)", async (how) => {
    const heartbeat = { interval: 20, timeout: 400 };
    const tls = createTlsServer({ cert: certificate, key: privateKey });
    if (how === "tls") tls.listen(0, "127.0.0.1");
    const { server, url } = await listen(
      how === "tls" ? { port: undefined, server: tls, heartbeat } : { heartbeat },
    );
    cleanUp.push(() => tls.close());
    const { port } = (
      how === "tls" ? tls.address() : { port: Number(new URL(url).port) }
    ) as AddressInfo;
    const accepted = once(server, "connection") as Promise<[WebSocket]>;
    const line: Socket =
      how === "tls"
        ? connectTls({
            port,
            host: "127.0.0.1",
            ca: certificate,
            checkServerIdentity: () => undefined,
          })
        : connect(port, "127.0.0.1");
    cleanUp.push(() => line.destroy());
    line.on("error", () => {});
    line.write(upgradeRequest());
    await readHead(line);
    const [socket] = await accepted;
    const ended = closing(socket);
    // It never answers a ping, but says something else after each.
    for (let count = 0; count < 2; count++) {
      const frame = readFrames(await readBytes(line, 10))[0];
      expect([frame?.opcode, frame?.payload.length]).toEqual([PING, 8]);
      line.write(masked({ opcode: TEXT, payload: "still here" }));
    }
    await readBytes(line, 10);
    expect(socket.readyState).toBe(socket.OPEN);
    expect(socket.rtt).toBeUndefined();
    // Then it falls silent.
    expect(await ended).toBe(1006);
  });

  it("does not hold a pause against the peer", async () => {
    const { server, url, client, peer } = await pair({ heartbeat: { interval: 20, timeout: 40 } });
    const accepted = once(server, "connection") as Promise<[WebSocket]>;
    const clock = dial(url);
    await accepted;
    client.send("unread");
    peer.pause();
    let closed = false;
    peer.on("close", () => {
      closed = true;
    });
    // Longer than interval and time-out together: another line of the server tells the time.
    await pings(clock, 10);
    expect(closed).toBe(false);
    const message = once(peer, "message");
    peer.resume();
    await message;
    await pings(client, 2);
    expect(closed).toBe(false);
  });

  it("is told when a pause is over", async () => {
    const { peer } = await pair({ heartbeat: true });
    let resumed = 0;
    (peer["link"].heartbeat as Heartbeat).onResume = () => {
      resumed++;
    };
    peer.pause();
    expect(resumed).toBe(0);
    peer.resume();
    expect(resumed).toBe(1);
  });

  it("says nothing on a line that closes", async () => {
    const { client, peer } = await pair({ heartbeat: { interval: 10, timeout: 10 } });
    const ended = ending(peer);
    client.close(1000, "bye");
    expect(await ended).toEqual({ codes: [], code: 1000, reason: "bye" });
    expect(peer["link"].heartbeat).toBeUndefined();
  });

  it("throws at an option that is none", async () => {
    for (const heartbeat of [{ interval: 0 }, "yes"]) {
      await expect(listen({ heartbeat })).rejects.toMatchObject({ code: "WS_ARGUMENT" });
      expect(() => dial("ws://127.0.0.1:9", [], { heartbeat } as never)).toThrow(/heartbeat/);
    }
  });

  it("is not fooled by a pong that nobody asked for", async () => {
    const { server, url } = await listen({ heartbeat: { interval: 20, timeout: 20_000 } });
    const accepted = once(server, "connection") as Promise<[WebSocket]>;
    const line = connect(Number(new URL(url).port), "127.0.0.1");
    cleanUp.push(() => line.destroy());
    line.write(upgradeRequest());
    await readHead(line);
    const [socket] = await accepted;
    const pong = once(socket, "pong");
    line.write(masked({ opcode: PONG, payload: Buffer.alloc(8) }));
    await pong;
    expect(socket.rtt).toBeUndefined();
  });
});
