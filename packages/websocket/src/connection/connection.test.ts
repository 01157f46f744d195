import { once } from "node:events";
import { Duplex, duplexPair } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Connection } from "./connection.ts";
import { frameText } from "../frame/writer.ts";
import { setUp } from "../handshake/set-up.ts";
import type { SetUp } from "../handshake/set-up.ts";
import type { Role } from "./machine.ts";
import { buildFrame, closeBytes, masked, readFrames } from "../testing/frames.ts";
import { Ears, readAll, readBytes, serve } from "../testing/servers.ts";
import type { TestServer } from "../testing/servers.ts";

/** A connection on a stream that keeps what is written to it. */
function onStream(role: Role = "server", options: Partial<SetUp> = {}) {
  const writes: Buffer[] = [];
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk);
      done();
    },
    writev(chunks, done) {
      writes.push(...chunks.map((entry) => entry.chunk as Buffer));
      done();
    },
    allowHalfOpen: true,
  });
  const ears = new Ears();
  const connection = new Connection(stream, setUp(role, options), ears);
  connection.start();
  return { stream, writes, ears, connection, frames: () => readFrames(Buffer.concat(writes)) };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let server: TestServer | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
  server = undefined;
});

describe("writing", () => {
  it("sends what a tick brings in one write, in order", async () => {
    const { connection, writes, frames } = onStream();
    connection.sendText("one");
    connection.sendBinary(Buffer.from("two"));
    connection.sendFrames(frameText("three"));
    connection.ping("four");
    expect(writes).toEqual([]);
    await tick();
    expect(writes.length).toBe(1);
    expect(frames().map((frame) => [frame.opcode, frame.payload.toString()])).toEqual([
      [1, "one"],
      [2, "two"],
      [1, "three"],
      [9, "four"],
    ]);
  });

  it("answers the messages of one chunk in one write, at the end of the chunk", async () => {
    const { connection, stream, writes, ears, frames } = onStream();
    ears.onMessage = (data) => connection.sendText(`re: ${String(data)}`);
    stream.push(Buffer.concat([1, 2, 3].map((n) => masked({ opcode: 1, payload: `${n}` }))));
    await once(stream, "data");
    expect(writes.length).toBe(1);
    expect(frames().map((frame) => frame.payload.toString())).toEqual(["re: 1", "re: 2", "re: 3"]);
  });

  it("hands a shared frame to the socket as it is", async () => {
    const { connection, writes } = onStream();
    const shared = frameText("to all");
    connection.sendFrames(shared);
    await tick();
    expect(writes[0]).toBe(shared);
  });

  it("never copies large payloads, and keeps the order around them", async () => {
    const { connection, writes, frames } = onStream();
    const large = Buffer.alloc(200_000, "x");
    connection.sendText("before");
    connection.sendBinary(large);
    connection.sendText("é".repeat(30_000));
    connection.sendText("after");
    await tick();
    expect(
      writes.some((chunk) => chunk.buffer === large.buffer && chunk.length === large.length),
    ).toBe(true);
    expect(frames().map((frame) => frame.payload.length)).toEqual([6, 200_000, 60_000, 5]);
  });

  it("sends more small messages in one tick than the scratch holds", async () => {
    const { connection, writes, frames } = onStream();
    for (let n = 0; n < 3_000; n++) connection.sendText(`${n} ${"x".repeat(100)}`);
    await tick();
    expect(writes.length).toBeLessThan(20);
    expect(frames().map((frame) => Number.parseInt(frame.payload.toString(), 10))).toEqual([
      ...Array(3_000).keys(),
    ]);
  });

  it("masks on a client, and leaves what the application gave alone", async () => {
    const { connection, frames } = onStream("client");
    const small = Buffer.alloc(100, 7);
    const large = Buffer.alloc(100_000, 8);
    connection.sendText("text");
    connection.sendBinary(small);
    connection.sendBinary(large);
    connection.sendText("é".repeat(10_000));
    connection.pong("pong");
    await tick();
    expect(frames().every((frame) => frame.masked)).toBe(true);
    expect(frames().map((frame) => frame.payload)).toEqual([
      Buffer.from("text"),
      Buffer.alloc(100, 7),
      Buffer.alloc(100_000, 8),
      Buffer.from("é".repeat(10_000)),
      Buffer.from("pong"),
    ]);
    expect(small.every((byte) => byte === 7) && large.every((byte) => byte === 8)).toBe(true);
  });

  it("writes at once when flushed", () => {
    const { connection, writes } = onStream();
    connection.sendText("now");
    connection.flush();
    expect(writes.length).toBe(1);
    expect(connection.bufferedAmount).toBe(0);
    expect(connection.idle).toBe(true);
  });

  it("counts what is queued, in bytes", () => {
    const { connection } = onStream();
    connection.sendText("éé");
    expect(connection.bufferedAmount).toBe(4);
    connection.sendBinary(Buffer.alloc(10));
    connection.sendText("x");
    expect(connection.bufferedAmount).toBe(15);
    expect(connection.idle).toBe(false);
  });

  it("calls back when the bytes are gone, in order, and with an error when they never will be", async () => {
    const { connection, stream } = onStream();
    const told: string[] = [];
    connection.sendText("a");
    connection.afterFlush((error) => told.push(`a ${error === undefined}`));
    connection.sendBinary(Buffer.alloc(100_000));
    connection.afterFlush(() => told.push("b"));
    await tick();
    expect(told).toEqual(["a true", "b"]);
    connection.sendText("c");
    connection.afterFlush((error) =>
      told.push(`c ${(error as { code?: string } | undefined)?.code}`),
    );
    stream.destroy();
    await tick();
    connection.afterFlush((error) => told.push(`d ${error instanceof Error}`));
    await tick();
    expect(told.slice(2)).toEqual(["c WS_NOT_OPEN", "d true"]);
  });

  it("throws at a ping that is too long", () => {
    const { connection } = onStream();
    expect(() => connection.ping("x".repeat(126))).toThrow(RangeError);
    expect(() => connection.pong("é".repeat(63))).toThrow(RangeError);
  });

  it("goes on with the other connections when a listener of one throws in a flush", async () => {
    const [first, second] = [onStream(), onStream()];
    first.stream.write = () => {
      throw new Error("from the application");
    };
    const caught = new Promise((resolve) => {
      // The error surfaces as it would have without us.
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const listener of others) process.on("uncaughtException", listener);
        resolve(error.message);
      });
    });
    first.connection.sendText("x");
    second.connection.sendText("y");
    expect(await caught).toBe("from the application");
    await tick();
    expect(second.frames().map((frame) => frame.payload.toString())).toEqual(["y"]);
  });
});

describe("a socket that is full", () => {
  it("keeps what is sent here, tells when it drains, and answers only the last ping", async () => {
    const { connection, stream, ears } = onStream();
    const held: (() => void)[] = [];
    stream._write = (_chunk, _encoding, done) => held.push(done);
    stream._writev = (_chunks, done) => held.push(done);
    connection.sendBinary(Buffer.alloc(100_000));
    connection.flush();
    for (let n = 0; n < 5; n++) connection.sendText("wait");
    for (let n = 0; n < 5; n++) stream.push(masked({ opcode: 9, payload: `${n}` }));
    await tick();
    expect(ears.pings.length).toBe(5);
    expect(held.length).toBe(1);
    expect(connection.bufferedAmount).toBe(100_010 + 20);
    const written: Buffer[] = [];
    stream._write = (chunk: Buffer, _encoding, done) => {
      written.push(chunk);
      done();
    };
    held[0]?.();
    await ears.until(() => ears.drains === 1);
    expect(written.length).toBe(1);
    expect(readFrames(Buffer.concat(written)).map((frame) => frame.payload.toString())).toEqual([
      ...Array<string>(5).fill("wait"),
      "4",
    ]);
    expect(connection.idle).toBe(true);
  });

  it("tells once when asked about a flush", async () => {
    const { connection, ears } = onStream();
    connection.sendText("x");
    connection.requestDrain();
    connection.requestDrain();
    await ears.until(() => ears.drains > 0);
    await tick();
    expect(ears.drains).toBe(1);
  });
});

describe("closing", () => {
  it("sends what came before first, and nothing after", async () => {
    const { connection, stream, ears, frames } = onStream();
    connection.sendText("first");
    connection.close(4000, "enough");
    connection.sendText("late");
    connection.ping();
    connection.close(4001);
    await tick();
    expect(connection.state).toBe("closing");
    expect(frames().map((frame) => frame.opcode)).toEqual([1, 8]);
    stream.push(masked({ opcode: 1, payload: "on the way" }));
    stream.push(masked({ opcode: 8, payload: closeBytes(4000, "enough") }));
    await once(stream, "finish");
    stream.push(null);
    await ears.until(() => ears.closed !== undefined);
    expect(ears.messages).toEqual(["on the way"]);
    expect(ears.closed).toEqual({ code: 4000, reason: "enough" });
    expect(connection.state).toBe("closed");
  });

  it("answers the peer's close frame, flushing first, and ends the line", async () => {
    server = await serve();
    const { socket, ears, connection } = await server.dial();
    ears.onMessage = () => connection.sendText("last words");
    socket.write(
      Buffer.concat([
        masked({ opcode: 1 }),
        masked({ opcode: 8, payload: closeBytes(1001, "away") }),
      ]),
    );
    const read = readFrames(await readAll(socket));
    expect(read.map((frame) => frame.opcode)).toEqual([1, 8]);
    expect(read[1]?.payload).toEqual(closeBytes(1001, "away"));
    await ears.until(() => ears.closed !== undefined);
    expect(ears.closed).toEqual({ code: 1001, reason: "away" });
  });

  it("a peer that goes on sending behind its close frame still reads ours, and a clean end", async () => {
    server = await serve();
    const { socket, ears } = await server.dial();
    const errors: Error[] = [];
    socket.on("error", (error) => errors.push(error));
    const more = masked({ opcode: 2, payload: Buffer.alloc(4_000_000) });
    // More than is read at once, so that some of it is still unread when the close frame is answered.
    socket.write(Buffer.concat([masked({ opcode: 8, payload: closeBytes(1000) }), more]));
    const bytes = await readAll(socket);
    socket.end();
    await ears.until(() => ears.closed !== undefined);
    expect(readFrames(bytes)).toMatchObject([{ opcode: 8, payload: closeBytes(1000) }]);
    expect(errors).toEqual([]);
    expect(ears.closed).toEqual({ code: 1000, reason: "" });
    expect(ears.messages).toEqual([]);
  });

  it("gives a peer that never answers the time limit, and no more", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { connection, stream } = onStream("server", { closeTimeoutMs: 5_000 });
    connection.close();
    vi.advanceTimersByTime(4_999);
    expect(stream.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(stream.destroyed).toBe(true);
  });

  it("gives a peer that broke the rules five seconds to go", async () => {
    const { stream } = onStream();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    stream.push(masked({ opcode: 3 }));
    await once(stream, "data");
    stream.push(masked({ opcode: 1, payload: "goes on" }));
    vi.advanceTimersByTime(4_999);
    expect(stream.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(stream.destroyed).toBe(true);
  });

  it("a client leaves ending the line to the server, for a second", async () => {
    const { connection, stream, ears, frames } = onStream("client");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    stream.push(buildFrame({ opcode: 8, payload: closeBytes(1000) }));
    await once(stream, "data");
    expect(frames().map((frame) => frame.opcode)).toEqual([8]);
    expect(stream.writableEnded || stream.destroyed).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(stream.destroyed).toBe(true);
    await ears.until(() => ears.closed !== undefined);
    expect(ears.closed).toEqual({ code: 1000, reason: "" });
    expect(connection.state).toBe("closed");
  });

  it("a line that ends without a close frame is 1006", async () => {
    server = await serve();
    const { socket, ears } = await server.dial();
    socket.write(masked({ opcode: 1, payload: "half a mess" }).subarray(0, 9));
    socket.end();
    await ears.until(() => ears.closed !== undefined);
    expect(ears.closed).toEqual({ code: 1006, reason: "" });
    expect(ears.errors).toEqual([]);
    expect(await readAll(socket)).toEqual(Buffer.alloc(0));
  });

  it("a line that is reset is an error of the socket and 1006", async () => {
    server = await serve();
    const { socket, ears } = await server.dial();
    socket.resetAndDestroy();
    await ears.until(() => ears.closed !== undefined);
    expect(ears.errors.map((error) => [error.code, error.fault])).toEqual([
      ["WS_SOCKET", "environment"],
    ]);
    expect(ears.closed?.code).toBe(1006);
  });

  it("a half-closed line still takes what was sent before", async () => {
    server = await serve({}, (connection) => {
      connection.handler.onMessage = () => connection.sendBinary(Buffer.alloc(500_000, 1));
    });
    const { socket } = await server.dial();
    socket.end(masked({ opcode: 1 }));
    const read = readFrames(await readAll(socket));
    expect(read.map((frame) => frame.payload.length)).toEqual([500_000]);
  });

  it("a violation is answered with its close code, and what follows is read and dropped", async () => {
    server = await serve();
    const { socket, ears } = await server.dial();
    socket.write(Buffer.concat([masked({ opcode: 3 }), masked({ opcode: 1, payload: "ignored" })]));
    const frames = readFrames(await readAll(socket));
    expect(frames.map((frame) => [frame.opcode, frame.payload])).toEqual([[8, closeBytes(1002)]]);
    for (let n = 0; n < 100; n++) socket.write(Buffer.alloc(65_536));
    socket.end();
    await ears.until(() => ears.closed !== undefined);
    expect(ears.closed?.code).toBe(1006);
    expect(ears.errors.map((error) => error.code)).toEqual(["WS_RESERVED_OPCODE"]);
    expect(ears.messages).toEqual([]);
  });

  it("terminate ends it at once and tells once, also from a handler in the middle of a chunk", async () => {
    const { connection, stream, ears } = onStream();
    const seen: string[] = [];
    ears.onMessage = (data) => {
      seen.push(String(data));
      connection.terminate();
    };
    stream.push(
      Buffer.concat([masked({ opcode: 1, payload: "1" }), masked({ opcode: 1, payload: "2" })]),
    );
    await ears.until(() => ears.closed !== undefined);
    connection.terminate();
    connection.close();
    await tick();
    expect(seen).toEqual(["1"]);
    expect(ears.closed).toEqual({ code: 1006, reason: "" });
  });

  it("a socket that is gone before it starts is closed all the same", async () => {
    const [stream] = duplexPair();
    stream.destroy();
    await once(stream, "close");
    const ears = new Ears();
    new Connection(stream, setUp("server", {}), ears).start();
    await ears.until(() => ears.closed !== undefined);
    expect(ears.closed?.code).toBe(1006);
  });
});

describe("reading", () => {
  it("begins even where the socket was paused", async () => {
    const ears = new Ears();
    const [stream, peer] = duplexPair();
    stream.pause();
    new Connection(stream, setUp("server", {}), ears).start();
    peer.write(masked({ opcode: 1, payload: "x" }));
    await ears.until(() => ears.messages.length === 1);
  });

  it("reads what came together with the handshake", async () => {
    const ears = new Ears();
    const [stream] = duplexPair();
    const connection = new Connection(stream, setUp("server", {}), ears);
    connection.start(masked({ opcode: 1, payload: "early" }));
    expect(ears.messages).toEqual([]);
    await ears.until(() => ears.messages.length === 1);
    expect(ears.messages).toEqual(["early"]);
  });

  it("does not change bytes that are not its own", async () => {
    const [stream, peer] = duplexPair();
    const ears = new Ears();
    new Connection(stream, setUp("server", {}), ears).start();
    const bytes = masked({ opcode: 1, payload: "shared" });
    const before = Buffer.from(bytes);
    peer.write(bytes);
    await ears.until(() => ears.messages.length === 1);
    expect(bytes).toEqual(before);
  });

  it("gives text as bytes to those who want it so", async () => {
    const { stream, ears } = onStream();
    const told: unknown[] = [];
    Object.assign(ears, {
      onTextBytes: (bytes: Buffer, ascii: boolean) => told.push(bytes.toString(), ascii),
    });
    stream.push(masked({ opcode: 1, payload: "plain" }));
    stream.push(masked({ opcode: 1, payload: "grüße" }));
    await tick();
    expect(told).toEqual(["plain", true, "grüße", false]);
  });

  it("stays in step when a handler throws", async () => {
    const { stream, ears } = onStream();
    const seen: string[] = [];
    ears.onMessage = (data) => {
      seen.push(String(data));
      if (data === "1") throw new Error("from the application");
    };
    const chunk = Buffer.concat([1, 2, 3].map((n) => masked({ opcode: 1, payload: `${n}` })));
    expect(() => stream.emit("data", chunk.subarray(0, 16))).toThrow("from the application");
    stream.emit("data", chunk.subarray(16));
    expect(seen).toEqual(["1", "2", "3"]);
    await tick();
    expect(seen).toEqual(["1", "2", "3"]);
  });

  it("pauses and goes on", async () => {
    server = await serve();
    const { socket, ears, connection } = await server.dial();
    connection.pause();
    expect(connection.isPaused).toBe(true);
    socket.write(masked({ opcode: 1, payload: "x" }));
    connection.resume();
    await ears.until(() => ears.messages.length === 1);
    expect(connection.isPaused).toBe(false);
  });

  it("echoes through a real socket", async () => {
    server = await serve({}, (connection) => {
      connection.handler.onMessage = (data) => {
        if (typeof data === "string") connection.sendText(data);
        else connection.sendBinary(data);
      };
    });
    const { socket } = await server.dial();
    const sent = ["h", "ä", "ß", "€", "😀"].map((char) => char.repeat(5_000));
    socket.write(Buffer.concat(sent.map((payload) => masked({ opcode: 1, payload }))));
    const expected = Buffer.concat(sent.map((payload) => buildFrame({ opcode: 1, payload })));
    expect((await readBytes(socket, expected.length)).equals(expected)).toBe(true);
  });
});
