// A WebSocket client that does exactly what it is told, also what no client may do.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { next, until } from "./wait.ts";

export interface FrameOptions {
  opcode?: number;
  fin?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  rsv?: number;
  masked?: boolean;
  /** What the header says, when that is not the truth. */
  saidLength?: number | bigint;
}

export function frame(
  payload: string | Uint8Array,
  { opcode = 1, fin = true, rsv = 0, masked = true, saidLength }: FrameOptions = {},
): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const length = saidLength ?? body.length;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const bit = masked ? 0x80 : 0;
  let head: Buffer;
  if (length < 126) {
    head = Buffer.from([first, bit | Number(length)]);
  } else if (length < 65_536) {
    head = Buffer.alloc(4, first);
    head[1] = bit | 126;
    head.writeUInt16BE(Number(length), 2);
  } else {
    head = Buffer.alloc(10, first);
    head[1] = bit | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!masked) return Buffer.concat([head, body]);
  const mask = Buffer.from([1, 2, 3, 4]);
  const hidden = body.map((byte, index) => byte ^ (mask[index % 4] as number));
  return Buffer.concat([head, mask, hidden]);
}

export const request = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

export class RawWebSocket {
  readonly socket: Socket;
  /** Text messages of the server, whole frames only; its close frame's code. */
  readonly texts: string[] = [];
  closeCode: number | undefined;
  closed = false;
  /** Of the answer to the upgrade; 0: there was none. */
  status = 0;
  #buffer = Buffer.alloc(0);
  #upgraded = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => (this.closed = true));
  }

  /** Connects and upgrades; `extra` goes in the same packet as the request, before it is answered. */
  static async open(
    port: number,
    path: string,
    extra: Uint8Array = Buffer.alloc(0),
  ): Promise<RawWebSocket> {
    const raw = new RawWebSocket(connect(port, "127.0.0.1"));
    await next(raw.socket, "connect");
    raw.write(Buffer.concat([Buffer.from(request(path)), extra]));
    await until("the upgrade is answered", () => raw.#upgraded || raw.closed);
    return raw;
  }

  /** A session in the main namespace, ready for events. */
  static async joined(port: number): Promise<RawWebSocket> {
    const raw = await RawWebSocket.open(port, "/socket.io/?EIO=4&transport=websocket");
    raw.text("40");
    await raw.heard("40{");
    return raw;
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  text(text: string): void {
    this.write(frame(text));
  }

  binary(bytes: Uint8Array): void {
    this.write(frame(bytes, { opcode: 2 }));
  }

  /** Waits for a text message that begins so. */
  heard(prefix: string): Promise<void> {
    return until(`the server says ${prefix}`, () => {
      return this.texts.some((text) => text.startsWith(prefix));
    });
  }

  /** Waits until the server has ended the line; its close code, if it gave one. */
  async ended(ms?: number): Promise<number | undefined> {
    await until("the server ends the line", () => this.closed || this.closeCode !== undefined, ms);
    this.socket.destroy();
    return this.closeCode;
  }

  /** Leaves without a word. */
  leave(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (!this.#upgraded) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end === -1) return;
      this.status = Number(this.#buffer.toString("latin1", 9, 12));
      this.#upgraded = true;
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    while (this.#readFrame());
  }

  #readFrame(): boolean {
    const { length } = this.#buffer;
    if (length < 2) return false;
    let size = (this.#buffer[1] as number) & 0x7f;
    let start = 2;
    if (size === 126) {
      if (length < 4) return false;
      size = this.#buffer.readUInt16BE(2);
      start = 4;
    } else if (size === 127) {
      if (length < 10) return false;
      size = Number(this.#buffer.readBigUInt64BE(2));
      start = 10;
    }
    if (length < start + size) return false;
    const payload = this.#buffer.subarray(start, start + size);
    const opcode = (this.#buffer[0] as number) & 0x0f;
    if (opcode === 1) this.texts.push(payload.toString());
    if (opcode === 8) this.closeCode = size >= 2 ? payload.readUInt16BE(0) : 1005;
    this.#buffer = this.#buffer.subarray(start + size);
    return true;
  }
}
