import type { Socket } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { Connection } from "../connection/connection.ts";
import { BINARY, CLOSE, CONTINUATION, FIN, PING, TEXT } from "../frame/header.ts";
import { frame } from "../frame/writer.ts";
import type { AcceptOptions } from "../handshake/accept.ts";
import { closeBytes, masked, readFrames } from "../testing/frames.ts";
import { bytesInUse, memoryInUse } from "../testing/memory.ts";
import { readAll, readBytes, serve } from "../testing/servers.ts";
import type { Ears, TestServer } from "../testing/servers.ts";
import { InflatingDecoder } from "./decoder.ts";
import { History } from "./history.ts";
import { checkDeflateOptions } from "./options.ts";
import type { PerMessageDeflateOptions } from "./options.ts";
import { zlibQueue } from "./zlib-queue.ts";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Peer {
  readonly socket: Socket;
  readonly ears: Ears;
  readonly connection: Connection;
}

/** A raw line to a server that compresses, with the handshake done. */
async function dial(
  perMessageDeflate: PerMessageDeflateOptions = {},
  options: AcceptOptions & { tls?: boolean } = {},
): Promise<Peer> {
  server ??= await serve({ payloadBytesMax: 5_000_000, ...options, perMessageDeflate });
  const { socket, ears, connection } = await server.dial({
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
  });
  return { socket, ears, connection };
}

/** A message as a client sends it, compressed by itself. */
function compressed(data: string | Uint8Array, opcode: number = TEXT): Buffer {
  const payload = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  return masked({ opcode, rsv: 4, payload });
}

/** What a client reads: its messages inflated, and its control frames, in words. */
async function read(bytes: Buffer): Promise<string[]> {
  const decoder = new InflatingDecoder(checkDeflateOptions({}), new History(32_768));
  const told: string[] = [];
  let pieces: Buffer[] = [];
  let coded = false;
  for (const { opcode, rsv, fin, payload } of readFrames(bytes)) {
    if (opcode >= CLOSE) {
      told.push(`${["close", "ping", "pong"][opcode - CLOSE]} ${payload.toString("hex")}`);
      continue;
    }
    if (opcode !== CONTINUATION) coded = rsv === 4;
    pieces.push(payload);
    if (!fin) continue;
    const message = Buffer.concat(pieces);
    pieces = [];
    const text = coded
      ? await new Promise<string>((resolve) => {
          decoder.decode(message, Infinity, (result) => resolve(result.toString()));
        })
      : message.toString();
    told.push(`${coded ? "compressed" : "plain"} ${text.length > 40 ? text.length : text}`);
  }
  return told;
}

async function untilRunning(jobs: number): Promise<void> {
  while (zlibQueue.running !== jobs) await new Promise((resolve) => setImmediate(resolve));
}

const long = (bytes: number): string =>
  "something to compress, ".repeat(bytes / 23 + 1).slice(0, bytes);

describe("what is sent", () => {
  it("keeps its order, whatever works on it: threads, none, control frames, fragments", async () => {
    const { socket, connection } = await dial();
    const written: string[] = [];
    connection.sendText(long(300_000));
    connection.afterFlush(() => written.push("300000"));
    connection.sendText("short");
    connection.sendText("not compressed", false);
    connection.ping("1");
    connection.sendBinary(Buffer.from(long(100_000)));
    connection.sendFrames(frame(FIN | TEXT, "shared", 0));
    connection.sendFrame(TEXT, long(50_000));
    connection.pong("2");
    connection.sendFrame(CONTINUATION, "");
    connection.sendFrame(FIN | CONTINUATION, long(50_000));
    connection.sendFrame(BINARY, Buffer.from("plain"), false);
    connection.sendFrame(FIN | CONTINUATION, Buffer.from(" too"));
    connection.sendText(long(200_000));
    connection.afterFlush(() => written.push("all"));
    connection.close(1000, "done");
    expect(connection.bufferedAmount).toBeGreaterThan(500_000);
    socket.write(masked({ opcode: CLOSE, payload: closeBytes(1000) }));
    expect(await read(await readAll(socket))).toEqual([
      "compressed 300000",
      "compressed short",
      "plain not compressed",
      "ping 31",
      "compressed 100000",
      "plain shared",
      "pong 32",
      "compressed 100000",
      "plain plain too",
      "compressed 200000",
      `close ${closeBytes(1000, "done").toString("hex")}`,
    ]);
    expect(written).toEqual(["300000", "all"]);
  });

  it("is compressed only where that was negotiated, and from the threshold on", async () => {
    server = await serve({ perMessageDeflate: { shared: true } });
    const { socket, connection } = await server.dial();
    expect(connection.extensions).toBe("");
    connection.sendText(long(2_000));
    connection.close();
    socket.end();
    expect(await read(await readAll(socket))).toEqual(["plain 2000", "close "]);
    const other = await dial();
    expect(other.connection.extensions).toBe(
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    );
    other.connection.sendText(long(1_023));
    other.connection.sendText(long(1_024));
    other.connection.close();
    other.socket.end();
    expect(await read(await readAll(other.socket))).toEqual([
      "plain 1023",
      "compressed 1024",
      "close ",
    ]);
  });

  it("tells when there is room again, and counts what waits for a thread", async () => {
    const { socket, ears, connection } = await dial({ shared: true });
    socket.resume();
    connection.sendText(long(400_000));
    connection.sendText("behind it");
    expect(connection.bufferedAmount).toBe(400_009);
    expect(connection.idle).toBe(false);
    connection.requestDrain();
    await ears.until(() => ears.drains === 1);
    expect(connection.bufferedAmount).toBe(0);
    expect(connection.idle).toBe(true);
  });

  it("may change its small buffers as soon as it was sent", async () => {
    const { socket, connection } = await dial({ shared: true });
    const buffer = Buffer.from(long(15_000));
    connection.sendCopy(FIN | TEXT, buffer);
    buffer.fill(0);
    connection.close();
    socket.end();
    const [frameRead] = readFrames(await readAll(socket));
    const decoder = new InflatingDecoder(checkDeflateOptions({}), undefined);
    const text = await new Promise<string>((resolve) => {
      decoder.decode(frameRead?.payload as Buffer, Infinity, (result) => resolve(String(result)));
    });
    expect(text).toBe(long(15_000));
  });

  it("of many connections is compressed once, also where context is taken over", async () => {
    const payload = Buffer.from(long(30_000));
    const message = {
      first: FIN | TEXT,
      payload,
      frame: frame(FIN | TEXT, payload, 0),
      encodings: [],
    };
    const peers: Peer[] = [];
    for (let n = 0; n < 4; n++) peers.push(await dial());
    for (const { connection } of peers) {
      connection.sendText("before");
      connection.sendShared(message.first, message.frame, message);
      connection.sendText("before and after, something to compress, ");
      connection.sendShared(message.first, message.frame, message, false);
      connection.close();
    }
    expect(message.encodings).toHaveLength(1);
    const sent: Buffer[] = [];
    for (const { socket } of peers) {
      socket.end();
      const bytes = await readAll(socket);
      expect(await read(bytes)).toEqual([
        "compressed before",
        "compressed 30000",
        "compressed 41",
        "plain 30000",
        "close ",
      ]);
      sent.push(bytes);
    }
    expect(sent.every((bytes) => bytes.equals(sent[0] as Buffer))).toBe(true);
  });
});

describe("what comes", () => {
  it("is inflated in order, with control frames between its fragments", async () => {
    const { socket, ears } = await dial();
    const payload = deflateRawSync(long(200_000), { finishFlush: constants.Z_SYNC_FLUSH });
    const cut = payload.length / 2;
    socket.write(
      Buffer.concat([
        compressed("first"),
        masked({ opcode: TEXT, rsv: 4, fin: false, payload: payload.subarray(0, cut) }),
        masked({ opcode: PING, payload: "in between" }),
        masked({ opcode: CONTINUATION, fin: false }),
        masked({ opcode: CONTINUATION, payload: payload.subarray(cut, -4) }),
        masked({ opcode: TEXT, payload: "plain" }),
        compressed(Buffer.from(long(100_000)), BINARY),
        masked({ opcode: TEXT, rsv: 4 }),
        masked({ opcode: CLOSE, payload: closeBytes(1000) }),
      ]),
    );
    await ears.until(() => ears.closed !== undefined);
    expect(ears.messages.slice(0, 3)).toEqual(["first", long(200_000), "plain"]);
    expect((ears.messages[3] as Buffer).toString()).toBe(long(100_000));
    expect(ears.messages[4]).toBe("");
    expect(ears.pings.map(String)).toEqual(["in between"]);
    expect(ears.closed).toEqual({ code: 1000, reason: "" });
  });

  it.each([
    [
      "corrupt data",
      masked({ opcode: TEXT, rsv: 4, payload: "\xff\xff" }),
      1007,
      "WS_EXTENSION_DATA",
    ],
    [
      "a message that is cut off",
      masked({ opcode: TEXT, rsv: 4, payload: Buffer.from("f248cdc9", "hex") }),
      1007,
      "WS_EXTENSION_DATA",
    ],
    ["text that is no UTF-8", compressed(Buffer.of(0xce, 0xba, 0xff)), 1007, "WS_INVALID_UTF8"],
    ["text that ends inside a character", compressed(Buffer.of(0xce)), 1007, "WS_INVALID_UTF8"],
    ["a bomb", compressed(Buffer.alloc(30_000_000)), 1009, "WS_PAYLOAD_TOO_BIG"],
    [
      "the bit on a continuation",
      Buffer.concat([
        masked({ opcode: TEXT, fin: false }),
        masked({ opcode: CONTINUATION, rsv: 4 }),
      ]),
      1002,
      "WS_RESERVED_BITS",
    ],
    ["the bit on a ping", masked({ opcode: PING, rsv: 4 }), 1002, "WS_RESERVED_BITS"],
    ["another bit", masked({ opcode: TEXT, rsv: 2 }), 1002, "WS_RESERVED_BITS"],
    ["both bits", masked({ opcode: TEXT, rsv: 6, payload: "\0" }), 1002, "WS_RESERVED_BITS"],
  ])("is refused when it is %s", async (_, bytes, code, error) => {
    const { socket, ears } = await dial();
    socket.write(Buffer.concat([compressed("before"), bytes, compressed("after")]));
    const told = readFrames(await readAll(socket)).at(-1);
    expect([told?.opcode, told?.payload.readUInt16BE()]).toEqual([CLOSE, code]);
    socket.end();
    await ears.until(() => ears.closed !== undefined);
    expect(ears.errors.map((each) => each.code)).toEqual([error]);
    expect(ears.messages).toEqual(["before"]);
  });

  it("is stopped at the limit while it is inflated, also as many small fragments", async () => {
    const { socket, ears } = await dial({}, { payloadBytesMax: 1_000_000 });
    const bomb = deflateRawSync(Buffer.alloc(200_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
    const pieces = [masked({ opcode: BINARY, rsv: 4, fin: false })];
    for (let at = 0; at < bomb.length - 4; at += 100) {
      const payload = bomb.subarray(at, Math.min(at + 100, bomb.length - 4));
      pieces.push(masked({ opcode: CONTINUATION, fin: at + 100 >= bomb.length - 4, payload }));
    }
    await bytesInUse();
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 1);
    socket.write(Buffer.concat(pieces));
    const told = readFrames(await readAll(socket)).at(-1);
    clearInterval(watch);
    expect(told?.payload.readUInt16BE()).toBe(1009);
    expect(ears.messages).toEqual([]);
    expect(most - before).toBeLessThan(30_000_000);
  });

  it("is refused with its bit where nothing was negotiated", async () => {
    server = await serve();
    const { socket } = await server.dial({ "Sec-WebSocket-Extensions": "permessage-deflate" });
    socket.write(compressed("x"));
    const told = readFrames(await readAll(socket)).at(-1);
    expect(told?.payload.readUInt16BE()).toBe(1002);
  });
});

describe("the end in the middle of work", () => {
  it("a peer's close waits for what was sent before", async () => {
    const { socket, ears, connection } = await dial();
    connection.sendText(long(400_000));
    connection.sendText("last");
    socket.write(masked({ opcode: CLOSE, payload: closeBytes(4000) }));
    expect(await read(await readAll(socket))).toEqual([
      "compressed 400000",
      "compressed last",
      "close 0fa0",
    ]);
    socket.end();
    await ears.until(() => ears.closed !== undefined);
    expect(ears.closed?.code).toBe(4000);
  });

  it("a half-closed line still takes what was sent before", async () => {
    const { socket, ears, connection } = await dial();
    connection.sendText(long(400_000));
    socket.end();
    expect(await read(await readAll(socket))).toEqual(["compressed 400000"]);
    await ears.until(() => ears.closed !== undefined);
    expect(ears.closed?.code).toBe(1006);
  });

  it("a violation is told behind what was sent before", async () => {
    const { socket, connection } = await dial();
    connection.sendText(long(400_000));
    socket.write(masked({ opcode: 3 }));
    expect(await read(await readAll(socket))).toEqual(["compressed 400000", "close 03ea"]);
  });

  it("terminate ends it at once: callbacks get an error, the threads are let go", async () => {
    const { ears, connection } = await dial();
    const errors: unknown[] = [];
    for (let n = 0; n < 30; n++) {
      connection.sendText(long(1_000_000));
      connection.afterFlush((error) => errors.push(error));
    }
    connection.terminate();
    await ears.until(() => ears.closed !== undefined);
    expect(errors).toHaveLength(30);
    expect(errors.every((error) => error instanceof Error)).toBe(true);
    await untilRunning(0);
  });

  it("a line that breaks while a message is inflated is told, once, and the message is not", async () => {
    const { socket, ears, connection } = await dial();
    socket.write(compressed(Buffer.alloc(4_000_000), BINARY));
    await untilRunning(1);
    connection.terminate();
    await ears.until(() => ears.closed !== undefined);
    expect(ears.messages).toEqual([]);
    await untilRunning(0);
  });

  it("answers only the last of the pings that come while a thread works", async () => {
    const { socket, ears, connection } = await dial();
    connection.sendText(long(1_000_000));
    const pings = Array.from({ length: 500 }, (_, n) => masked({ opcode: PING, payload: `${n}` }));
    socket.write(Buffer.concat(pings));
    await ears.until(() => ears.pings.length === 500);
    connection.close();
    socket.end();
    const told = await read(await readAll(socket));
    expect(told[0]).toBe("compressed 1000000");
    expect(told.length).toBeLessThan(503);
    if (told.length === 3) expect(told[1]).toBe(`pong ${Buffer.from("499").toString("hex")}`);
  });
});

it("leaves nothing behind: thousands of connections, with work cut off in the middle", async () => {
  const round = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const { socket, ears, connection } = await dial();
      connection.sendText(long(1_000 + (n % 3) * 10_000));
      socket.write(compressed(long(1_000 + (n % 5) * 20_000)));
      if (n % 2 === 0) await ears.until(() => ears.messages.length === 1);
      if (n % 3 === 0) connection.terminate();
      else socket.destroy();
      await ears.until(() => ears.closed !== undefined);
      server?.ears.splice(0);
    }
  };
  await round(1_000);
  const before = await bytesInUse();
  const rss = process.memoryUsage().rss;
  await round(1_200);
  expect((await bytesInUse()) - before).toBeLessThan(1_000_000);
  expect(process.memoryUsage().rss - rss).toBeLessThan(40_000_000);
  await untilRunning(0);
}, 60_000);

it.each<[string, PerMessageDeflateOptions, number]>([
  ["shared compressors take none", { shared: true }, 4_000],
  ["context taken over takes what was said", {}, 95_000],
  ["small windows take little", { serverMaxWindowBits: 10, clientMaxWindowBits: 10 }, 12_000],
])("nodejs/node #8871, ws #1202: of memory per connection, %s", async (_, options, bytesMax) => {
  const peers: Peer[] = [];
  for (let n = 0; n < 200; n++) peers.push(await dial(options));
  const inUse = async (): Promise<number> => {
    const { heapUsed } = await memoryInUse();
    // What zlib takes counts as external, beside the buffers.
    return heapUsed + process.memoryUsage().external;
  };
  const exchange = async (peer: Peer, bytes: number): Promise<void> => {
    peer.ears.messages.splice(0);
    peer.connection.sendText(long(bytes));
    peer.socket.write(compressed(long(bytes)));
    await peer.ears.until(() => peer.ears.messages.length === 1);
    peer.ears.messages.splice(0);
    while (!peer.connection.idle) await new Promise((resolve) => setImmediate(resolve));
  };
  for (const { socket } of peers) socket.resume();
  for (const peer of peers.slice(0, 20)) await exchange(peer, 50_000);
  const before = await inUse();
  for (const peer of peers.slice(20)) {
    for (const bytes of [2_000, 20_000, 50_000, 10_000]) await exchange(peer, bytes);
  }
  expect(((await inUse()) - before) / 180).toBeLessThan(bytesMax);
});

it("over TLS, and in a line that is read byte by byte", async () => {
  const { socket, ears, connection } = await dial({}, { tls: true });
  for (const byte of Buffer.concat([compressed("one"), compressed("two")])) {
    socket.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ears.until(() => ears.messages.length === 2);
  expect(ears.messages).toEqual(["one", "two"]);
  connection.sendText(long(20_000));
  connection.close();
  const head = await readBytes(socket, 2);
  expect(head[0]).toBe(FIN | 0x40 | TEXT);
});

it("declines an offer that it cannot read, and goes on without", async () => {
  server = await serve({ perMessageDeflate: true });
  const { socket, connection } = await server.dial({
    "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=7",
  });
  expect(connection.extensions).toBe("");
  connection.sendText(long(5_000));
  connection.close();
  socket.end();
  expect((await read(await readAll(socket)))[0]).toBe("plain 5000");
});
