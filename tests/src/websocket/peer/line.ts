// The peer's end of a line: sends what it is told, right or wrong, and notes what the subject does.
import type { Socket } from "node:net";
import type { Compression } from "./compression.ts";
import { encode, FrameParser, op } from "./frame.ts";
import type { FrameSpec, ReadFrame } from "./frame.ts";

/** What came from the subject. A message counts once it is whole. */
export interface Happening {
  readonly kind: "text" | "binary" | "ping" | "pong";
  readonly payload: Buffer;
}

/** How long the subject may take for anything. Generous: the machine may be busy. */
export const patienceMs: number = process.env["HAWSER_TEST_CONTROL"] ? 1_500 : 20_000;

/** Lets whoever waits for the socket, in this process too, read what was written. */
const letRead = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Line {
  readonly socket: Socket;
  /** Which end the subject is: a server's frames are not masked, a client's are. */
  readonly subject: "server" | "client";
  readonly happened: Happening[] = [];
  /** Frames of the messages that have come, to see how they were framed. */
  readonly frames: ReadFrame[] = [];
  /** The subject's close frame: its payload, and the time that it came. */
  closeFrame: Buffer | undefined;
  closeFrameAt = 0;
  /** The subject has ended its side of TCP (FIN). */
  ended = false;
  endedAt = 0;
  /** The socket is gone; whether by a reset. */
  closed = false;
  reset = false;
  /** What the subject may not do and did. */
  offence: string | undefined;
  compression: Compression | undefined;

  readonly #parser: FrameParser;
  #unfinished: { opcode: number; rsv: number; parts: Buffer[] } | undefined;
  #wake: (() => void)[] = [];

  constructor(socket: Socket, subject: "server" | "client") {
    this.socket = socket;
    this.subject = subject;
    this.#parser = new FrameParser(subject === "client");
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk));
    // The handshake has left it paused.
    socket.resume();
    socket.on("end", () => {
      this.ended = true;
      this.endedAt = performance.now();
      if (!this.#parser.atBoundary) this.#offend("the line ended inside a frame");
      this.#stir();
    });
    socket.on("error", () => {
      this.reset = true;
      this.#stir();
    });
    socket.on("close", () => {
      this.closed = true;
      this.#stir();
    });
  }

  /** Sends frames in one write; in pieces of `chop` bytes, or one frame for each write. */
  async send(frames: readonly FrameSpec[], chop?: number | "frames"): Promise<void> {
    const masked = this.subject === "server";
    const encoded = frames.map((frame) => encode(frame, masked));
    if (chop === "frames") for (const bytes of encoded) await this.write(bytes);
    else await this.write(Buffer.concat(encoded), chop);
  }

  async write(bytes: Buffer, chop: number = bytes.length): Promise<void> {
    for (let at = 0; at < bytes.length; at += chop) {
      if (this.socket.destroyed || this.socket.writableEnded) return;
      const room = this.socket.write(bytes.subarray(at, at + chop));
      if (at + chop >= bytes.length) return;
      if (room) await letRead();
      else await new Promise<void>((resolve) => this.#drained(resolve));
    }
  }

  /** Waits until something holds. False when it did not in time, or cannot any more. */
  async until(holds: () => boolean, ms: number = patienceMs): Promise<boolean> {
    const end = performance.now() + ms;
    while (!holds()) {
      const left = end - performance.now();
      if (left <= 0 || this.closed) return holds();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return true;
  }

  #drained(resolve: () => void): void {
    const done = (): void => {
      this.socket.off("drain", done);
      this.socket.off("close", done);
      resolve();
    };
    this.socket.on("drain", done);
    this.socket.on("close", done);
  }

  #take(chunk: Buffer): void {
    try {
      for (const frame of this.#parser.push(chunk)) this.#takeFrame(frame);
    } catch (error) {
      this.#offend(error instanceof Error ? error.message : String(error));
      this.socket.destroy();
    }
    this.#stir();
  }

  #takeFrame(frame: ReadFrame): void {
    const { opcode, payload, fin, rsv } = frame;
    if (this.closeFrame !== undefined) throw new Error("a frame after the close frame");
    if (opcode >= op.close) {
      if (!fin || rsv !== 0 || payload.length > 125) throw new Error("a bad control frame");
      if (opcode === op.close) {
        this.closeFrame = payload;
        this.closeFrameAt = performance.now();
      } else if (opcode === op.ping || opcode === op.pong) {
        this.happened.push({ kind: opcode === op.ping ? "ping" : "pong", payload });
      } else throw new Error(`opcode ${opcode}`);
      return;
    }
    this.frames.push(frame);
    if ((opcode === op.continuation) !== (this.#unfinished !== undefined))
      throw new Error(`opcode ${opcode} out of turn`);
    if (opcode > op.binary) throw new Error(`opcode ${opcode}`);
    if ((rsv & 3) !== 0 || (rsv !== 0 && (opcode === 0 || this.compression === undefined)))
      throw new Error(`reserved bits ${rsv}`);
    const message = (this.#unfinished ??= { opcode, rsv, parts: [] });
    message.parts.push(payload);
    if (!fin) return;
    this.#unfinished = undefined;
    const whole = message.parts.length === 1 ? payload : Buffer.concat(message.parts);
    const kind = message.opcode === op.text ? "text" : "binary";
    const plain = message.rsv === 0 ? whole : (this.compression as Compression).decompress(whole);
    this.happened.push({ kind, payload: plain });
  }

  #offend(what: string): void {
    this.offence ??= what;
  }

  #stir(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
