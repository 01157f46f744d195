import type { Duplex } from "node:stream";
import { headerBytesMax, writeHeader } from "../frame/header.ts";
import { frame, writeBinary, writeText } from "../frame/writer.ts";
import { scratchWith } from "./scratch.ts";
import type { Reserved, Scratch } from "./scratch.ts";

/** Called when everything queued before it was taken by the kernel, or with the reason why it never will be. */
export type WrittenCallback = (error?: Error) => void;

/** Payloads from this size on are passed by reference; smaller ones are copied, so that one write takes them all. */
export const copyBytesMax = 16_384;
/** Texts up to this length are encoded into the scratch, whatever they hold; longer ones get memory of their own. */
const copyTextMax = 8_192;

/** One flush of one connection: frames are encoded one after the other and leave in as few writes as can be. */
export class Batch {
  private readonly socket: Duplex;
  private readonly maskBit: number;
  /** Whether the kernel has copied what a write does not leave behind in the socket. */
  private readonly direct: boolean;
  private scratch: Scratch = scratchWith(0);
  /** `[start, at)` of the scratch is still to be written. */
  private start: number = this.scratch.base;
  private at: number = this.scratch.base;
  private corked = false;

  constructor(socket: Duplex, maskBit: number, direct: boolean) {
    this.socket = socket;
    this.maskBit = maskBit;
    this.direct = direct;
  }

  text(first: number, text: string): void {
    if (text.length > copyTextMax) {
      this.refer(frame(first, text, this.maskBit));
      return;
    }
    this.makeRoom(headerBytesMax + text.length * 3);
    const { bytes, words } = this.scratch;
    this.at = writeText(bytes, words, this.at, first, text, this.maskBit);
  }

  /** Text in latin1 that is no frame. */
  head(text: string): void {
    if (text.length > copyTextMax) {
      this.refer(Buffer.from(text, "latin1"));
      return;
    }
    this.makeRoom(text.length);
    this.at += this.scratch.bytes.write(text, this.at, "latin1");
  }

  binary(first: number, data: Uint8Array): void {
    if (data.byteLength < copyBytesMax) {
      this.makeRoom(headerBytesMax + data.byteLength);
      const { bytes, words } = this.scratch;
      this.at = writeBinary(bytes, words, this.at, first, data, this.maskBit);
    } else if (this.maskBit === 0) {
      this.makeRoom(headerBytesMax);
      this.at = writeHeader(this.scratch.bytes, this.at, first, 0, data.byteLength);
      this.refer(data);
    } else {
      // What the application gave is not changed, so a client masks a copy.
      this.refer(frame(first, data, this.maskBit));
    }
  }

  framed(frames: Uint8Array): void {
    if (frames.byteLength >= copyBytesMax) {
      this.refer(frames);
      return;
    }
    this.makeRoom(frames.byteLength);
    this.scratch.bytes.set(frames, this.at);
    this.at += frames.byteLength;
  }

  /** Frames that are in a scratch already, behind others that are not. */
  reserved(reserved: Reserved): void {
    this.makeRoom(reserved.byteLength);
    this.scratch.bytes.set(reserved.bytes, this.at);
    this.at += reserved.byteLength;
    reserved.scratch.release(reserved, false);
  }

  /** Writes what is left. `callback` comes when the kernel has taken the whole batch. */
  end(callback: WrittenCallback | undefined): void {
    const { socket } = this;
    if (this.at > this.start) this.writeScratch(callback);
    else if (callback !== undefined) afterWrites(socket, callback);
    if (this.corked) socket.uncork();
  }

  /** Writes bytes that are not copied, after all that came before them. */
  private refer(bytes: Uint8Array): void {
    if (!this.corked) {
      this.corked = true;
      this.socket.cork();
    }
    if (this.at > this.start) this.writeScratch(undefined);
    this.socket.write(bytes);
  }

  private makeRoom(bytes: number): void {
    if (this.at + bytes <= this.scratch.bytes.length) return;
    if (this.at > this.start) this.writeScratch(undefined);
    this.scratch = scratchWith(bytes);
    this.start = this.at = this.scratch.base;
  }

  private writeScratch(callback: WrittenCallback | undefined): void {
    const { socket, scratch, start, at } = this;
    // What will wait in the socket takes only as much memory as it needs.
    const waits = !this.direct || this.corked || socket.writableLength > 0;
    const piece = scratch.bytes.subarray(start, at);
    const bytes = waits ? Buffer.from(piece) : piece;
    if (callback === undefined) socket.write(bytes);
    else socket.write(bytes, (error) => callback(error ?? undefined));
    if (!waits && socket.writableLength > 0) scratch.keep(at);
    this.start = this.at = scratch.base;
  }
}

/** Calls back once all earlier writes are done, though there is nothing more to write. */
function afterWrites(socket: Duplex, callback: WrittenCallback): void {
  if (socket.writableLength === 0) process.nextTick(callback);
  else socket.write(Buffer.alloc(0), (error) => callback(error ?? undefined));
}
