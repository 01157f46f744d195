import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Connection } from "./connection.ts";
import { frameText } from "../frame/writer.ts";
import { buildFrame, masked, readFrames } from "../testing/frames.ts";
import { memoryInUse } from "../testing/memory.ts";
import { readBytes, serve } from "../testing/servers.ts";
import type { Ears, TestServer } from "../testing/servers.ts";

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Reads what a server sends for these texts, and says whether it is that, byte for byte. */
async function reads(socket: Socket, texts: readonly string[]): Promise<boolean> {
  const expected = Buffer.concat(texts.map((payload) => buildFrame({ opcode: 1, payload })));
  return (await readBytes(socket, expected.length)).equals(expected);
}

/** Sends numbered texts, in bursts, until the kernel has had enough and more has been sent; returns what was sent. */
async function flood(connection: Connection, name: string): Promise<string[]> {
  const sent: string[] = [];
  const reused = Buffer.alloc(10_000);
  while (connection.bufferedAmount < 200_000) {
    for (let n = 0; n < 7; n++) {
      const text = `${name} ${sent.length} `.padEnd(50 + ((sent.length * 3_701) % 9_000), name);
      sent.push(text);
      // As a string, or as bytes in a buffer that is used again at once; in turns, and several in a row.
      if (n % 4 === 0) {
        connection.sendText(text);
      } else {
        reused.write(text);
        connection.sendCopy(0x81, reused.subarray(0, text.length));
      }
      if (n === 5 && sent.length % 2 === 0) connection.flush();
    }
    await tick();
  }
  return sent;
}

describe.each([
  ["tcp", false],
  ["tls", true],
])("readers that stop, over %s", (_, tls) => {
  it("see every byte as it was sent, though others use the same buffer meanwhile", async () => {
    server = await serve({ tls });
    const peers: Awaited<ReturnType<TestServer["dial"]>>[] = [];
    for (let n = 0; n < 6; n++) peers.push(await server.dial());
    const echoed: string[] = [];
    const busy = peers[0] as (typeof peers)[number];
    busy.ears.onMessage = (data) => busy.connection.sendText(data as string);
    const stopped = peers.slice(1);
    const floods = stopped.map(({ connection }, n) => flood(connection, `${n}`));
    // A reader that keeps up, in between.
    for (let n = 0; n < 200; n++) {
      const payload = `busy ${n} `.padEnd((n * 97) % 5_000, "b");
      busy.socket.write(masked({ opcode: 1, payload }));
      echoed.push(payload);
      if (n % 10 === 0) await tick();
    }
    expect(await reads(busy.socket, echoed)).toBe(true);
    const sent = await Promise.all(floods);
    for (const [n, { socket }] of stopped.entries()) {
      expect(await reads(socket, sent[n] as string[])).toBe(true);
    }
  });

  it("are told apart from those that read: a drain for each that was full", async () => {
    server = await serve({ tls });
    const { socket, ears, connection } = await server.dial();
    for (let n = 0; n < 100; n++) connection.sendBinary(Buffer.alloc(100_000, n));
    await tick();
    expect(connection.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(ears.drains).toBe(0);
    const read = readBytes(socket, 100 * 100_010);
    await ears.until((it: Ears) => it.drains > 0);
    expect(readFrames(await read).map((frame) => frame.payload[0])).toEqual([...Array(100).keys()]);
    expect(connection.bufferedAmount).toBe(0);
  });
});

describe("what a stopped reader costs", () => {
  it("a broadcast to stopped readers is held once, not once for each", async () => {
    server = await serve();
    const peers: Awaited<ReturnType<TestServer["dial"]>>[] = [];
    for (let n = 0; n < 20; n++) peers.push(await server.dial());
    // Full first, so that what follows waits here.
    for (const { connection } of peers) connection.sendBinary(Buffer.alloc(8_000_000));
    await tick();
    const before = (await memoryInUse()).arrayBuffers;
    for (let n = 0; n < 1_000; n++) {
      const shared = frameText(`${n}`.padEnd(10_000, "x"));
      for (const { connection } of peers) connection.sendFrames(shared);
      if (n % 50 === 0) await tick();
    }
    // 200 MB, were each connection to keep its own.
    expect((await memoryInUse()).arrayBuffers - before).toBeLessThan(20_000_000);
    expect(peers[0]?.connection.bufferedAmount).toBeGreaterThan(10_000_000);
  });

  it("a few bytes for many stopped readers do not pin a scratch each", async () => {
    server = await serve();
    const peers: Awaited<ReturnType<TestServer["dial"]>>[] = [];
    for (let n = 0; n < 50; n++) peers.push(await server.dial());
    const before = (await memoryInUse()).arrayBuffers;
    for (let round = 0; round < 400; round++) {
      for (const { connection } of peers) {
        for (let n = 0; n < 4; n++) connection.sendText(`${round} ${n} `.padEnd(4_000, "y"));
      }
      await tick();
    }
    const sum = (bytes: (peer: (typeof peers)[number]) => number): number =>
      peers.reduce((total, peer) => total + bytes(peer), 0);
    const queued = sum(({ connection }) => connection.bufferedAmount);
    const inSockets = sum(({ connection }) => connection["socket"].writableLength);
    // The other ends are in this process, too, and read as far as their own buffers go.
    const read = sum(({ socket }) => socket.readableLength);
    const pinned = (await memoryInUse()).arrayBuffers - before - read;
    // What waits in the sockets has been encoded; the rest is strings. 50 scratches would be 3.2 MB more.
    expect(queued).toBeGreaterThan(inSockets);
    expect(pinned).toBeLessThan(inSockets + 1_500_000);
  });
});
