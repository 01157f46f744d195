// What a peer can make a server hold, measured in a process of its own: bytes of heap and buffers for each such peer,
// with a bound. Prints a table at the end.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { next, until } from "../support/wait.ts";
import type { Answer, Order } from "./held-server.ts";
import { closeBody, encode, op } from "./peer/frame.ts";
import { dial } from "./peer/handshake.ts";
import type { Line } from "./peer/line.ts";
import { control } from "./subject.ts";

const rows: string[] = ["| peer | peers | held by each | bound |", "| --- | --- | --- | --- |"];
after(() => console.log(`\n${rows.join("\n")}\n`));

class HeldServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly sockets: Socket[] = [];
  #before = 0;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(options: object = {}): Promise<HeldServer> {
    const script = join(import.meta.dirname, "held-server.ts");
    const child = fork(script, [JSON.stringify(options)]);
    const [{ port }] = await next<[{ port: number }]>(child, "message", 20_000);
    const server = new HeldServer(child, port);
    // What is loaded and compiled with the first connection is nobody's.
    for (let warm = 0; warm < 20; warm += 1) (await server.dial()).socket.destroy();
    await until(
      "the first are gone",
      async () => (await server.ask({ what: "held" })).clients === 0,
    );
    server.#before = (await server.ask({ what: "held" })).bytes;
    return server;
  }

  async ask(order: Order): Promise<Answer> {
    const answered = next<[Answer]>(this.#child, "message", 30_000);
    this.#child.send(order);
    return (await answered)[0];
  }

  async dial(offer?: string): Promise<Line> {
    const { line } = await dial(this.port, { offer });
    this.sockets.push(line.socket);
    return line;
  }

  async dialMany(count: number): Promise<Line[]> {
    const lines: Line[] = [];
    for (let at = 0; at < count; at += 1) lines.push(await this.dial());
    return lines;
  }

  /** Bytes more than before, for each of so many peers, once the server has read what was sent. */
  async heldByEach(peers: number): Promise<number> {
    let last = Number.NaN;
    let now = (await this.ask({ what: "held" })).bytes;
    // It has read everything when the figure comes to rest.
    for (let round = 0; round < 20 && !(Math.abs(now - last) < 2_000); round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      last = now;
      now = (await this.ask({ what: "held" })).bytes;
    }
    return (now - this.#before) / peers;
  }

  async end(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    const exited = next(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}

function note(what: string, peers: number, bytes: number, most: number): void {
  rows.push(`| ${what} | ${peers} | ${Math.round(bytes)} B | ${most} B |`);
  if (!control)
    assert.ok(bytes <= most, `${what}: ${Math.round(bytes)} bytes each, at most ${most}`);
}

const masked = (opcode: number, payload: Uint8Array | string, fin = true, rsv = 0): Buffer =>
  encode({ opcode, payload, fin, rsv }, true);
const repeat = (bytes: Buffer, times: number): Buffer =>
  Buffer.concat(Array.from({ length: times }, () => bytes));

describe("what a peer can make a server hold", { timeout: 60_000 }, () => {
  it("half a request", async () => {
    const server = await HeldServer.start();
    const peers = 300;
    for (let at = 0; at < peers; at += 1) {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => undefined);
      server.sockets.push(socket);
      await next(socket, "connect");
      socket.write("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + "s".repeat(500));
    }
    // Most of it is node:http's own parser and request.
    note("half a request", peers, await server.heldByEach(peers), 20_000);
    // node:http answers 408, or we end it.
    const gone = (): boolean =>
      server.sockets.slice(20).every(({ readableEnded, destroyed }) => readableEnded || destroyed);
    for (const socket of server.sockets) socket.resume();
    if (!control) await until("slow requests are ended", gone, 40_000);
    await server.end();
  });

  it("an open line that says nothing", async () => {
    const server = await HeldServer.start();
    await server.dialMany(300);
    note("nothing at all, open", 300, await server.heldByEach(300), 12_000);
    await server.end();
  });

  it("a header that announces a megabyte", async () => {
    const server = await HeldServer.start();
    for (const line of await server.dialMany(200))
      await line.write(encode({ opcode: 2, payload: "x", saidLength: 1_000_000n }, true));
    note("an announced megabyte", 200, await server.heldByEach(200), 14_000);
    await server.end();
  });

  it("fragments of a byte without end", async () => {
    const server = await HeldServer.start({ maxFragments: 0, maxBufferedChunks: 0 });
    const fragments = repeat(masked(op.continuation, "x", false), 20_000);
    for (const line of await server.dialMany(40)) {
      await line.write(masked(op.binary, "x", false));
      await line.write(fragments);
    }
    note("20,000 fragments of a byte", 40, await server.heldByEach(40), 12_000 + 2 * 20_000);
    await server.end();
  });

  it("empty fragments without end", async () => {
    const server = await HeldServer.start({ maxFragments: 0, maxBufferedChunks: 0 });
    const fragments = repeat(masked(op.continuation, "", false), 20_000);
    for (const line of await server.dialMany(40)) {
      await line.write(masked(op.binary, "", false));
      await line.write(fragments);
    }
    note("20,000 empty fragments", 40, await server.heldByEach(40), 14_000);
    await server.end();
  });

  it("a frame in chunks of a byte", async () => {
    const server = await HeldServer.start({ maxFragments: 0, maxBufferedChunks: 0 });
    const start = encode({ opcode: 2, payload: Buffer.alloc(2_000), saidLength: 500_000n }, true);
    const lines = await server.dialMany(40);
    await Promise.all(lines.map((line) => line.write(start, 1)));
    note("2,000 chunks of a byte", 40, await server.heldByEach(40), 14_000 + 2 * 2_000);
    await server.end();
  });

  it("half of many messages", async () => {
    const server = await HeldServer.start();
    const half = encode(
      { opcode: 2, payload: Buffer.alloc(500_000), saidLength: 1_000_000n },
      true,
    );
    for (const line of await server.dialMany(20)) await line.write(half);
    note("half a megabyte of a message", 20, await server.heldByEach(20), 12_000 + 2 * 500_000);
    await server.end();
  });

  it("pings, and no pong is read", async () => {
    const server = await HeldServer.start();
    const lines = await server.dialMany(10);
    for (const line of lines) line.socket.pause();
    const pings = repeat(masked(op.ping, "p".repeat(125)), 20_000);
    await Promise.race([
      Promise.all(lines.map((line) => line.write(pings))),
      new Promise((resolve) => setTimeout(resolve, 5_000)),
    ]);
    // One pong stands for all; what the kernel took is not ours.
    note("2.6 MB of pings, nothing read", 10, await server.heldByEach(10), 100_000);
    await server.end();
  });

  it("a reader that stops, with maxBuffered", { skip: control && "ws has no bound" }, async () => {
    const server = await HeldServer.start({ maxBuffered: 1_000_000, closeTimeout: 60_000 });
    const lines = await server.dialMany(10);
    for (const line of lines) line.socket.pause();
    await server.ask({ what: "send all", bytes: 100_000, times: 300 });
    note(
      "a reader that stops: 30 MB sent, maxBuffered 1 MB",
      10,
      await server.heldByEach(10),
      1_500_000,
    );
    await server.end();
  });

  it("compressed bombs", async () => {
    const server = await HeldServer.start({ perMessageDeflate: true, maxPayload: 1_000_000 });
    const bomb = deflateRawSync(Buffer.alloc(100_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
    const peers = 20;
    const before = await server.ask({ what: "held" });
    const lines: Line[] = [];
    for (let at = 0; at < peers; at += 1) lines.push(await server.dial("permessage-deflate"));
    await Promise.all(
      lines.map((line) =>
        line.write(encode({ opcode: 2, rsv: 4, payload: bomb.subarray(0, -4) }, true)),
      ),
    );
    for (const line of lines) await line.until(() => line.closeFrame !== undefined || line.ended);
    const codes = lines.map(({ closeFrame }) => closeFrame?.readUInt16BE(0));
    assert.deepEqual(
      codes,
      lines.map(() => 1009),
    );
    const { bytes } = await server.ask({ what: "peak" });
    // Each may reach its maxPayload, and what zlib has produced beyond it in one step.
    note(
      "a bomb of 100 MB in 97 kB, at the peak",
      peers,
      (bytes - before.bytes) / peers,
      1_400_000,
    );
    note("a bomb of 100 MB in 97 kB, afterwards", peers, await server.heldByEach(peers), 30_000);
    await server.end();
  });

  it("a thousand closes that nobody answers", async () => {
    const server = await HeldServer.start({ closeTimeout: 3_000 });
    const lines = await server.dialMany(1_000);
    for (const line of lines) await line.write(masked(op.binary, "half a message", false));
    const { bytes } = await server.ask({ what: "close all" });
    const idle = await server.heldByEach(1_000);
    assert.ok(bytes > 0);
    note("a close that is not answered", 1_000, idle, 14_000);
    await until(
      "all are cut off",
      async () => (await server.ask({ what: "held" })).clients === 0,
      20_000,
    );
    for (const line of lines) line.socket.destroy();
    note(
      "a close that is not answered, after closeTimeout",
      1_000,
      await server.heldByEach(1_000),
      1_500,
    );
    await server.end();
  });

  it("lines that are half open", async () => {
    const server = await HeldServer.start({ closeTimeout: 1_000 });
    const lines = await server.dialMany(200);
    // They end their side, and never go.
    for (const line of lines) {
      line.socket.pause();
      line.socket.end(masked(op.text, "bye", false));
    }
    await until(
      "all are let go",
      async () => (await server.ask({ what: "held" })).clients === 0,
      20_000,
    );
    note("a half-open line, after closeTimeout", 200, await server.heldByEach(200), 5_000);
    await server.end();
  });

  it("a close handshake, and then no end of TCP", async () => {
    const server = await HeldServer.start({ closeTimeout: 1_000 });
    for (const line of await server.dialMany(200))
      await line.write(masked(op.close, closeBody(1000)));
    await until(
      "all are let go",
      async () => (await server.ask({ what: "held" })).clients === 0,
      20_000,
    );
    note("a clean close, and TCP is kept", 200, await server.heldByEach(200), 5_000);
    await server.end();
  });
});
