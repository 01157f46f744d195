import { once } from "node:events";
import { connect } from "node:net";
import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { masked } from "../testing/frames.ts";
import { bytesInUse } from "../testing/memory.ts";
import { readHead, upgradeRequest } from "../testing/servers.ts";
import { cleanUp, cleanUpAll, closing, dial, listen, pair } from "../testing/sockets.ts";
import type { MessageLoop, ReceivedMessage } from "./message-loop.ts";
import type { WebSocket } from "./websocket.ts";

afterEach(cleanUpAll);

/** All messages until the loop ends. */
async function all(socket: WebSocket): Promise<ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  for await (const message of socket) messages.push(message);
  return messages;
}

/** A raw line to a server of WebSockets. */
async function rawPair(
  options: object = {},
): Promise<{ line: ReturnType<typeof connect>; socket: WebSocket }> {
  const { server, url } = await listen(options);
  const accepted = once(server, "connection") as Promise<[WebSocket]>;
  const line = connect(Number(new URL(url).port), "127.0.0.1");
  cleanUp.push(() => line.destroy());
  line.on("error", () => {});
  line.write(upgradeRequest());
  await readHead(line);
  const [socket] = await accepted;
  return { line, socket };
}

describe("for await over a socket", () => {
  it("gives text as strings and bytes as Buffers, and ends with the connection", async () => {
    const { client, peer } = await pair();
    const messages = all(peer);
    client.send("text: ü");
    client.send(Buffer.from([1, 2, 3]));
    client.send("");
    client.close(4000);
    expect(await messages).toEqual([
      { data: "text: ü", isBinary: false },
      { data: Buffer.from([1, 2, 3]), isBinary: true },
      { data: "", isBinary: false },
    ]);
  });

  it("gives bytes as binaryType says", async () => {
    const { client, peer } = await pair();
    peer.binaryType = "arraybuffer";
    const messages = all(peer);
    client.send(Buffer.from([1, 2, 3]));
    client.close();
    expect(await messages).toEqual([{ data: new Uint8Array([1, 2, 3]).buffer, isBinary: true }]);
  });

  it("loses nothing that came with the handshake, for a client that waits for open", async () => {
    const { server, url } = await listen();
    server.on("connection", (socket) => {
      socket.send("welcome");
      socket.close();
    });
    const client = dial(url);
    await once(client, "open");
    expect(await all(client)).toEqual([{ data: "welcome", isBinary: false }]);
  });

  it("loses nothing that came with the handshake, for a server that waits for connection", async () => {
    const { server, url } = await listen();
    const line = connect(Number(new URL(url).port), "127.0.0.1");
    cleanUp.push(() => line.destroy());
    line.write(
      Buffer.concat([
        Buffer.from(upgradeRequest()),
        masked({ opcode: 1, payload: "early" }),
        masked({ opcode: 8 }),
      ]),
    );
    const [socket] = (await once(server, "connection")) as [WebSocket];
    expect(await all(socket)).toEqual([{ data: "early", isBinary: false }]);
  });

  it("throws what the peer did wrong, after what came before", async () => {
    const { line, socket } = await rawPair();
    const seen: unknown[] = [];
    const loop = (async () => {
      for await (const { data } of socket) seen.push(data);
    })();
    line.write(Buffer.concat([masked({ opcode: 1, payload: "good" }), masked({ opcode: 3 })]));
    await expect(loop).rejects.toThrow(/opcode/);
    expect(seen).toEqual(["good"]);
  });

  it("throws when the line is lost, and not when the application cuts it off", async () => {
    const lost = await rawPair();
    const loop = all(lost.socket);
    lost.line.resetAndDestroy();
    await expect(loop).rejects.toMatchObject({ code: "WS_LINE_LOST" });

    const cut = await rawPair();
    const other = all(cut.socket);
    cut.socket.terminate();
    expect(await other).toEqual([]);
  });

  it("throws when a client cannot connect", async () => {
    const { server, url } = await listen();
    server.close();
    await once(server, "close");
    await expect(all(dial(url))).rejects.toThrow(/ECONNREFUSED/);
  });

  it("leaves the socket open at break; the next loop goes on where it was left", async () => {
    const { client, peer } = await pair();
    for (let count = 0; count < 10; count++) client.send(String(count));
    for await (const { data } of peer) if (data === "3") break;
    expect(peer.readyState).toBe(peer.OPEN);
    expect(peer.listenerCount("message")).toBe(0);
    client.close();
    const rest = await all(peer);
    expect(rest.map(({ data }) => data)).toEqual(["4", "5", "6", "7", "8", "9"]);
  });

  it("is read by one loop at a time", async () => {
    const { peer } = await pair();
    const loop = peer[Symbol.asyncIterator]();
    expect(() => peer[Symbol.asyncIterator]()).toThrow(/another loop/);
    await loop.return?.();
    expect(() => peer[Symbol.asyncIterator]()).not.toThrow();
  });

  it("ends at once on a socket that is closed", async () => {
    const { client, peer } = await pair();
    const closed = closing(peer);
    client.close();
    await closed;
    expect(await all(peer)).toEqual([]);
  });

  it("stops reading while its body is slow, and loses nothing", async () => {
    const { client, peer } = await pair();
    const count = 300;
    const payload = Buffer.alloc(100_000, 1);
    const before = await bytesInUse();
    for (let sent = 0; sent < count; sent++) client.send(payload);
    client.send("last");
    let received = 0;
    let wasPaused = 0;
    for await (const { data, isBinary } of peer) {
      if (!isBinary) break;
      expect(data).toHaveLength(payload.length);
      received++;
      if (received % 100 === 1) {
        // A slow body: several rounds of the event loop, so that more could be read.
        for (let round = 0; round < 20; round++)
          await new Promise((resolve) => setImmediate(resolve));
        if (peer.isPaused) wasPaused++;
        expect((await bytesInUse()) - before).toBeLessThan(count * payload.length * 0.9);
      }
    }
    expect(received).toBe(count);
    expect(wasPaused).toBeGreaterThan(0);
    expect(peer.isPaused).toBe(false);
  });

  it("does not inflate what its slow body has no use for yet", async () => {
    const deflate = { perMessageDeflate: true };
    const { client, peer } = await pair(deflate, deflate);
    const count = 40;
    const payload = Buffer.alloc(900_000, "compresses well ");
    // All of them in one chunk.
    peer.pause();
    for (let sent = 0; sent < count; sent++) client.send(payload);
    await client.drained();
    let received = 0;
    let most = 0;
    const loop = peer[Symbol.asyncIterator]() as MessageLoop;
    peer.resume();
    for await (const { data } of loop) {
      expect(data).toHaveLength(payload.length);
      if (received++ === 0) {
        // The threads that would inflate them tell the time.
        for (let round = 0; round < 3 * count; round++) await promisify(deflateRaw)(payload);
      }
      most = Math.max(most, loop["messages"].length);
      if (received === count) break;
    }
    expect(most).toBeLessThan(3);
    expect(peer.isPaused).toBe(false);
  });

  it("does not let a hostile peer end the process through an async listener of connection", async () => {
    const rejections: unknown[] = [];
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error) => rejections.push(error));
    cleanUp.push(() => {
      process.removeAllListeners("unhandledRejection");
      for (const listener of others) process.on("unhandledRejection", listener);
    });
    const { server, url } = await listen();
    const port = Number(new URL(url).port);
    const mistake = new Error("the application's own");
    server.on("connection", async (socket) => {
      for await (const { data } of socket) if (data === "boom") throw mistake;
    });
    const send = async (frame: Buffer): Promise<void> => {
      const accepted = once(server, "connection") as Promise<[WebSocket]>;
      const line = connect(port, "127.0.0.1");
      cleanUp.push(() => line.destroy());
      line.on("error", () => {});
      line.write(upgradeRequest());
      await readHead(line);
      const [socket] = await accepted;
      const closed = closing(socket);
      line.write(frame);
      line.on("data", () => {}).on("end", () => line.end());
      if (frame.length === 0) line.resetAndDestroy();
      if (frame[0] !== 0x81) await closed;
    };
    await send(masked({ opcode: 3 }));
    await send(Buffer.alloc(0));
    expect(rejections).toEqual([]);
    await send(masked({ opcode: 1, payload: "boom" }));
    while (rejections.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([mistake]);
  });
});
