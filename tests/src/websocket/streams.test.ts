// Mutated streams against a real server, and against real clients, in this process: nothing may be thrown that nobody
// catches, hang, or stay. HAWSER_WEBSOCKET_STREAMS sets how many, HAWSER_TEST_SEED where they begin.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type * as Peer from "ws";
import { next, until } from "../support/wait.ts";
import { cuts, mutatedStream } from "./peer/mutated.ts";
import { randomOf } from "../support/random.ts";
import type { Random } from "../support/random.ts";
import { subject } from "./subject.ts";

const streams = Number(process.env["HAWSER_WEBSOCKET_STREAMS"] ?? 2_000);
const firstSeed = Number(process.env["HAWSER_TEST_SEED"] ?? 1);
const atATime = 100;
/** No stream may take longer, from its end to the subject's. */
const streamMs = 10_000;
const timeout = 60_000 + streams * 20;
const leakBytesMax = 8_000_000;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

async function held(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
process.on("uncaughtException", note);
after(() => process.off("uncaughtException", note));

/** Runs `work` for each seed, some at a time. */
async function each(count: number, work: (seed: number) => Promise<void>): Promise<void> {
  let done = 0;
  const worker = async (): Promise<void> => {
    while (done < count) await work(firstSeed + (done += 1));
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once("close", () => resolve());
  });

/** Sends a stream, and leaves in one of the ways that lines end. Resolves when the socket is gone. */
async function sendAndLeave(socket: Socket, pieces: Buffer[], random: Random): Promise<void> {
  socket.on("error", () => undefined);
  // One in eight reads nothing.
  if (random(8) > 0) socket.resume();
  for (const piece of pieces) {
    if (socket.destroyed || socket.writableEnded) break;
    socket.write(piece);
    if (random(2) > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const way = random(4);
  if (way === 0) socket.destroy();
  else if (way === 1 && socket.remoteAddress !== undefined) socket.resetAndDestroy();
  else socket.end();
  // A peer that reads nothing does not see the end either.
  socket.resume();
  const timer = setTimeout(() => {
    hangs += 1;
    socket.destroy();
  }, streamMs);
  await closed(socket);
  clearTimeout(timer);
}
let hangs = 0;

const request =
  "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

interface Tally {
  opened: number;
  readonly codes: Map<number, number>;
}

function listenTo(socket: Peer.WebSocket, tally: Tally): void {
  tally.opened += 1;
  socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
  socket.on("error", () => undefined);
  socket.on("close", (code) => tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1));
}

const ended = (tally: Tally): number => [...tally.codes.values()].reduce((sum, n) => sum + n, 0);
const told = (tally: Tally): string =>
  [...tally.codes]
    .toSorted(([a], [b]) => a - b)
    .map(([code, n]) => `${code}: ${n}`)
    .join(", ");

const subjectOptions = { maxPayload: 20_000, closeTimeout: 500, perMessageDeflate: true };

describe(`${streams} mutated streams from seed ${firstSeed}`, () => {
  it("to a server", { timeout }, async () => {
    const http = createHttpServer();
    const server = new subject.WebSocketServer({ server: http, ...subjectOptions });
    const tally: Tally = { opened: 0, codes: new Map() };
    server.on("connection", (socket) => listenTo(socket, tally));
    // Most come over a Unix socket, which has no ports to run out of; those that reset need TCP.
    const path = join(tmpdir(), `hawser-streams-${process.pid}.sock`);
    const tcp = createHttpServer();
    tcp.on("upgrade", (...given) => http.emit("upgrade", ...given));
    http.listen(path);
    tcp.listen(0, "127.0.0.1");
    await Promise.all([next(http, "listening"), next(tcp, "listening")]);
    const { port } = tcp.address() as { port: number };

    const one = async (seed: number): Promise<void> => {
      const random = randomOf(seed);
      const compressed = random(2) > 0;
      const stream = mutatedStream(random, { masked: true, compressed, changesMax: 4 });
      const bytes = Buffer.concat([
        Buffer.from(`${request}${compressed ? offer : ""}\r\n`),
        stream,
      ]);
      const socket = random(10) === 0 ? connect(port, "127.0.0.1") : connect(path);
      await sendAndLeave(socket, cuts(bytes, random, 4), random);
    };
    await each(Math.min(500, streams), one);
    const before = await held();
    const started = performance.now();
    await each(streams, one);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    await until(
      "every socket is closed",
      () => ended(tally) === tally.opened && server.clients.size === 0,
    );
    const growth = (await held()) - before;
    console.log(
      `server: ${streams} streams in ${seconds} s, ${tally.opened} connections, ` +
        `held after: ${(growth / 1e6).toFixed(2)} MB; close codes ${told(tally)}`,
    );
    server.close();
    http.close();
    tcp.close();
    assert.deepEqual(uncaught, []);
    assert.equal(hangs, 0, "a line that was ended by its peer stayed open");
    assert.ok(growth < leakBytesMax, `${growth} bytes stayed`);
    assert.ok(tally.opened > streams / 2, "most streams reach an open connection");
    assert.ok(tally.codes.size > 5, "the streams end in many ways");
  });

  it("to clients", { timeout }, async () => {
    const tally: Tally = { opened: 0, codes: new Map() };
    const path = join(tmpdir(), `hawser-streams-client-${process.pid}.sock`);
    const left: Promise<void>[] = [];
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (head) => {
        const key = /sec-websocket-key: (\S+)/i.exec(String(head))?.[1] ?? "";
        const seed = Number(/^GET \/(\d+)/.exec(String(head))?.[1]);
        left.push(answer(socket, key, randomOf(seed)));
      });
    });
    server.listen(path);
    await next(server, "listening");
    const one = async (seed: number): Promise<void> => {
      const client = new subject.WebSocket(`ws+unix:${path}:/${seed}`, subjectOptions);
      const gone = new Promise<void>((resolve) => client.once("close", () => resolve()));
      listenTo(client, tally);
      await gone;
    };
    await each(Math.min(200, streams), one);
    const before = await held();
    const count = Math.ceil(streams / 5);
    const started = performance.now();
    await each(count, one);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    await Promise.all(left.splice(0));
    const growth = (await held()) - before;
    console.log(
      `clients: ${count} streams in ${seconds} s, held after: ${(growth / 1e6).toFixed(2)} MB; close codes ${told(tally)}`,
    );
    server.close();
    assert.deepEqual(uncaught, []);
    assert.equal(ended(tally), tally.opened);
    assert.ok(growth < leakBytesMax, `${growth} bytes stayed`);
  });
});

async function answer(socket: Socket, key: string, random: Random): Promise<void> {
  const accept = createHash("sha1")
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  const compressed = random(2) > 0;
  const stream = mutatedStream(random, { masked: false, compressed, changesMax: 4 });
  const head =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\n${compressed ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""}\r\n`;
  await sendAndLeave(socket, cuts(Buffer.concat([Buffer.from(head), stream]), random, 4), random);
}
