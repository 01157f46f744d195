import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Server } from "../server.ts";
import type { AddressInfo, Socket as NetSocket } from "node:net";
import type { PressureOptions } from "./options.ts";
import type { Socket } from "../socket.ts";

const kilobytes64 = "x".repeat(65_536);
const ended: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

async function listen(pressure?: PressureOptions): Promise<{ io: Server; port: number }> {
  const http = createServer();
  const io = new Server(http, pressure === undefined ? {} : { pressure });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  ended.push(() => io.close());
  return { io, port: (http.address() as AddressInfo).port };
}

const connected = async (io: Server): Promise<Socket> =>
  ((await once(io as never, "connection")) as [Socket])[0];

/** A websocket client by hand, whose reading can be stopped. */
async function overWebSocket(port: number): Promise<NetSocket> {
  const socket = connect(port, "127.0.0.1");
  ended.push(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write(
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" +
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  // CONNECT, masked with zeros.
  socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]));
  await once(socket, "data");
  return socket;
}

async function fetchText(port: number, query: string, body?: string): Promise<string> {
  const path = `/socket.io/?EIO=4&transport=polling${query}`;
  const asked = request({
    port,
    host: "127.0.0.1",
    path,
    method: body === undefined ? "GET" : "POST",
  });
  asked.end(body);
  const [response] = (await once(asked, "response")) as [NodeJS.ReadableStream];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return text;
}

describe("a client that stops reading", () => {
  it("is disconnected over websocket, and others are not", async () => {
    const { io, port } = await listen({ bytes: "256kb" });
    const arrived = connected(io);
    const client = await overWebSocket(port);
    const socket = await arrived;
    const otherArrived = connected(io);
    const other = await overWebSocket(port);
    await otherArrived;
    other.resume();
    client.pause();
    const gone = once(socket as never, "disconnect");
    let sent = 0;
    while (socket.connected) {
      expect(sent++).toBeLessThan(10_000);
      io.emit("data", kilobytes64);
      await Promise.all(
        [...io.sockets.sockets.values()].filter((it) => it !== socket).map((it) => it.drained()),
      );
    }
    expect((await gone)[0]).toBe("transport error");
    expect(io.pressure).toMatchObject({ disconnected: 1, dropped: 0 });
    expect(io.sockets.sockets.size).toBe(1);
    // What waited for it has been given up, not kept until it is polite enough to say goodbye.
    expect(io.pressure.bytes).toBeLessThan(262_144);
  });

  it("gets the newest value when it reads again, over websocket", async () => {
    const { io, port } = await listen();
    const arrived = connected(io);
    const client = await overWebSocket(port);
    const socket = await arrived;
    client.pause();
    let at = 0;
    // Until the kernel takes no more, and then some.
    while (io.pressure.conflated < 50) {
      expect(at).toBeLessThan(10_000);
      io.to(socket.id).latest("k").emit("data", ++at, kilobytes64);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(io.pressure.bytes).toBeLessThan(8 * 65_536);
    let text = "";
    client.on("data", (data) => (text = (text + data.toString("latin1")).slice(-200_000)));
    client.resume();
    const isLast = () => text.includes(`2["data",${at},"`);
    while (!isLast()) await once(client, "data");
    await socket.drained();
    expect(io.pressure.dropped).toBe(0);
  });

  it("makes a producer wait", async () => {
    const { io, port } = await listen({ bytes: "1mb" });
    const arrived = connected(io);
    const client = await overWebSocket(port);
    const socket = await arrived;
    client.pause();
    let sent = 0;
    const producer = (async () => {
      for (; sent < 400; sent++) {
        socket.emit("row", kilobytes64);
        await socket.drained();
      }
    })();
    // Nothing to wait for: it is whether nothing happens any more.
    for (let before = -1; ; before = sent) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (sent > 0 && sent === before) break;
    }
    expect(sent).toBeLessThan(400);
    client.resume();
    await producer;
    expect(io.pressure).toMatchObject({ disconnected: 0, dropped: 0 });
  });

  it("is disconnected, or loses messages, over polling", async () => {
    for (const policy of ["disconnect", "drop"] as const) {
      const { io, port } = await listen({ messages: 5, policy });
      const open = await fetchText(port, "");
      const { sid } = JSON.parse(open.slice(1)) as { sid: string };
      const arrived = connected(io);
      await fetchText(port, `&sid=${sid}`, "40");
      const socket = await arrived;
      expect(await fetchText(port, `&sid=${sid}`)).toMatch(/^40/);
      // It does not poll any more.
      for (let at = 0; at < 8; at++) socket.emit("a", at);
      expect(socket.connected).toBe(policy === "drop");
      if (policy === "disconnect") {
        expect(io.pressure).toMatchObject({ disconnected: 1, bytes: 0 });
        continue;
      }
      expect(io.pressure.dropped).toBe(3);
      expect((await fetchText(port, `&sid=${sid}`)).split("\u001e").length).toBe(5);
      expect(io.pressure.bytes).toBe(0);
    }
  });
});
