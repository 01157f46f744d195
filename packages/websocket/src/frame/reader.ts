import { headerBytesMax } from "./header.ts";
import { mask, rotateKey, wordsOf } from "./mask.ts";
import type { WebSocketErrorCode } from "../errors.ts";

/** What a frame reader tells. Each answer says whether to go on; after `false` it returns from `read`. */
export interface FrameSink {
  /** A header is complete; nothing of the payload has been looked at. `first` is its first byte. */
  onHeader(first: number, payloadBytes: number): boolean;
  /** The whole payload of the frame lies unmasked in `bytes[start, end)`; `seen` as `mask` returns it. */
  onFrame(first: number, bytes: Buffer, start: number, end: number, seen: number): boolean;
  /** The next piece of a payload of `length` bytes that came in several; `last` when the frame ends with it. */
  onPiece(
    first: number,
    length: number,
    bytes: Buffer,
    start: number,
    end: number,
    seen: number,
    last: boolean,
  ): boolean;
  /** The bytes are no frame. */
  onViolation(code: WebSocketErrorCode): void;
}

/** OR of payload bytes that came without a mask: not known to be ASCII. */
const unseen = 0x80;

/**
 * Bytes to frames. Keeps at most an incomplete header; payloads are passed on as they come, unmasked in place, so
 * the chunks must belong to the caller.
 */
export class FrameReader {
  /** Where in the chunk of the current `read` the next frame or piece starts: the rest of it after an early return. */
  position = 0;
  private readonly sink: FrameSink;
  /** 0x80 where frames must be masked, that is on a server. */
  private readonly maskBit: number;
  /** Bytes of a header that came in several chunks; valid while `gathered` is not 0. */
  private header: Buffer | undefined = undefined;
  private gathered = 0;
  /** Of the frame whose header was parsed last. */
  private first = 0;
  private length = 0;
  private key = 0;
  /** Payload bytes of that frame which are still to come. */
  private left = 0;

  constructor(sink: FrameSink, masked: boolean) {
    this.sink = sink;
    this.maskBit = masked ? 0x80 : 0;
  }

  /** Whether the bytes so far end at the boundary of a frame. */
  get atBoundary(): boolean {
    return this.left === 0 && this.gathered === 0;
  }

  read(chunk: Buffer): void {
    this.position = 0;
    const words = this.maskBit === 0 ? undefined : wordsOf(chunk);
    if (this.left > 0 && !this.piece(chunk, 0, words)) return;
    const end = chunk.length;
    if (this.gathered > 0 && !this.gather(chunk, words)) return;
    let at = this.position;
    while (at < end) {
      const start = this.parse(chunk, at, end);
      if (start <= 0) {
        if (start === 0) this.keep(chunk, at, end);
        return;
      }
      if (!this.sink.onHeader(this.first, this.length)) return;
      const stop = start + this.length;
      if (stop > end) {
        this.left = this.length;
        this.piece(chunk, start, words);
        return;
      }
      const seen = this.maskBit === 0 ? unseen : mask(chunk, words, start, stop, this.key);
      this.position = at = stop;
      if (!this.sink.onFrame(this.first, chunk, start, stop, seen)) return;
    }
  }

  /** Lets go of a header that will not be completed. */
  release(): void {
    this.header = undefined;
    this.gathered = 0;
    this.left = 0;
  }

  /** Parses a header: where its payload starts, 0 when it is incomplete, -1 when it is a violation. */
  private parse(bytes: Buffer, at: number, end: number): number {
    if (end - at < 2) return 0;
    const second = bytes[at + 1] as number;
    if ((second & 0x80) !== this.maskBit) {
      return this.violation(this.maskBit === 0 ? "WS_MASK_FORBIDDEN" : "WS_MASK_MISSING");
    }
    let length = second & 0x7f;
    let start = at + 2 + (this.maskBit >>> 5);
    if (length === 126) {
      start += 2;
      if (start > end) return 0;
      length = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
      if (length < 126) return this.violation("WS_LENGTH_NOT_MINIMAL");
    } else if (length === 127) {
      start += 8;
      if (start > end) return 0;
      const high = bytes.readUInt32BE(at + 2);
      if (high > 0x7fff_ffff) return this.violation("WS_LENGTH_NEGATIVE");
      // Beyond 2^53 the sum is not exact, and far above any limit.
      length = high * 0x1_0000_0000 + bytes.readUInt32BE(at + 6);
      if (length < 65_536) return this.violation("WS_LENGTH_NOT_MINIMAL");
    } else if (start > end) {
      return 0;
    }
    this.first = bytes[at] as number;
    this.length = length;
    if (this.maskBit !== 0) {
      this.key =
        (bytes[start - 4] as number) |
        ((bytes[start - 3] as number) << 8) |
        ((bytes[start - 2] as number) << 16) |
        ((bytes[start - 1] as number) << 24);
    }
    return start;
  }

  private violation(code: WebSocketErrorCode): -1 {
    this.sink.onViolation(code);
    return -1;
  }

  /** Keeps the start of a header for the next chunk. */
  private keep(chunk: Buffer, at: number, end: number): void {
    this.header ??= Buffer.allocUnsafeSlow(headerBytesMax);
    chunk.copy(this.header, 0, at, end);
    this.gathered = end - at;
    this.position = end;
  }

  /** Completes a header that came in several chunks; whether to go on with the chunk. */
  private gather(chunk: Buffer, words: Int32Array | undefined): boolean {
    const header = this.header as Buffer;
    let start = 0;
    while (this.position < chunk.length) {
      header[this.gathered++] = chunk[this.position++] as number;
      start = this.parse(header, 0, this.gathered);
      if (start !== 0) break;
    }
    if (start <= 0) return false;
    this.gathered = 0;
    if (!this.sink.onHeader(this.first, this.length)) return false;
    if (this.length === 0) return this.sink.onFrame(this.first, header, 0, 0, 0);
    this.left = this.length;
    return this.piece(chunk, this.position, words);
  }

  /** Passes on what the chunk holds of the current payload; whether to go on with the chunk. */
  private piece(chunk: Buffer, start: number, words: Int32Array | undefined): boolean {
    const stop = Math.min(chunk.length, start + this.left);
    this.position = stop;
    if (start === stop) return true;
    let seen = unseen;
    if (this.maskBit !== 0) {
      seen = mask(chunk, words, start, stop, this.key);
      this.key = rotateKey(this.key, stop - start);
    }
    this.left -= stop - start;
    return this.sink.onPiece(this.first, this.length, chunk, start, stop, seen, this.left === 0);
  }
}
