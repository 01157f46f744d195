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

/** The header that was parsed last, by any reader; taken at once. */
let parsedFirst = 0;
let parsedLength = 0;
let parsedKey = 0;

/** A frame of which a part has come. */
interface Unfinished {
  /** The first bytes of its header, and how many, until the header is complete; 0 from then on. */
  readonly header: Buffer;
  gathered: number;
  /** What the header says; valid when it is complete. */
  first: number;
  length: number;
  /** The masking key, turned to where the payload goes on. */
  key: number;
  /** Payload bytes that are still to come. */
  left: number;
}

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
  private frame: Unfinished | undefined = undefined;

  constructor(sink: FrameSink, masked: boolean) {
    this.sink = sink;
    this.maskBit = masked ? 0x80 : 0;
  }

  /** Whether the bytes so far end at the boundary of a frame. */
  get atBoundary(): boolean {
    return this.frame === undefined;
  }

  read(chunk: Buffer): void {
    const { sink, maskBit } = this;
    const words = maskBit === 0 ? undefined : wordsOf(chunk);
    this.position = 0;
    if (this.frame !== undefined && !this.resume(this.frame, chunk, words)) return;
    const end = chunk.length;
    let at = this.position;
    while (at < end) {
      const start = this.parse(chunk, at, end);
      if (start <= 0) {
        if (start === 0) this.keep(chunk, at, end);
        return;
      }
      const first = parsedFirst;
      const length = parsedLength;
      const key = parsedKey;
      if (!sink.onHeader(first, length)) return;
      const stop = start + length;
      if (stop > end) {
        this.frame = { header: noHeader, gathered: 0, first, length, key, left: length };
        this.piece(this.frame, chunk, start, words);
        return;
      }
      const seen = maskBit === 0 ? unseen : mask(chunk, words, start, stop, key);
      this.position = at = stop;
      if (!sink.onFrame(first, chunk, start, stop, seen)) return;
    }
  }

  /** Lets go of a frame that will not be completed. */
  release(): void {
    this.frame = undefined;
  }

  /** Parses a header: where its payload starts, 0 when it is incomplete, -1 when it is a violation. */
  private parse(bytes: Buffer, at: number, end: number): number {
    const { maskBit } = this;
    if (end - at < 2) return 0;
    const second = bytes[at + 1] as number;
    if ((second & 0x80) !== maskBit) {
      return this.violation(maskBit === 0 ? "WS_MASK_FORBIDDEN" : "WS_MASK_MISSING");
    }
    let length = second & 0x7f;
    let start = at + (maskBit === 0 ? 2 : 6);
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
    parsedFirst = bytes[at] as number;
    parsedLength = length;
    if (maskBit !== 0) {
      parsedKey =
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
    const header = Buffer.allocUnsafeSlow(headerBytesMax);
    chunk.copy(header, 0, at, end);
    this.frame = { header, gathered: end - at, first: 0, length: 0, key: 0, left: 0 };
    this.position = end;
  }

  /** Goes on with a frame of which a part has come; whether to go on with the chunk. */
  private resume(frame: Unfinished, chunk: Buffer, words: Int32Array | undefined): boolean {
    if (frame.gathered > 0 && !this.gather(frame, chunk)) return false;
    // Only a header that came in pieces can be followed by nothing.
    if (frame.left === 0) return this.empty(frame);
    return this.piece(frame, chunk, this.position, words);
  }

  /** Gathers a header that comes in pieces; whether it is complete and right. */
  private gather(frame: Unfinished, chunk: Buffer): boolean {
    let start = 0;
    while (start === 0 && this.position < chunk.length) {
      frame.header[frame.gathered++] = chunk[this.position++] as number;
      start = this.parse(frame.header, 0, frame.gathered);
    }
    if (start <= 0) return false;
    frame.gathered = 0;
    frame.first = parsedFirst;
    frame.key = parsedKey;
    frame.length = frame.left = parsedLength;
    return this.sink.onHeader(frame.first, frame.length);
  }

  /** Passes on a frame without a payload. */
  private empty(frame: Unfinished): boolean {
    this.frame = undefined;
    return this.sink.onFrame(frame.first, noHeader, 0, 0, 0);
  }

  /** Passes on what the chunk holds of a payload; whether to go on with the chunk. */
  private piece(
    frame: Unfinished,
    chunk: Buffer,
    start: number,
    words: Int32Array | undefined,
  ): boolean {
    const stop = Math.min(chunk.length, start + frame.left);
    this.position = stop;
    if (start === stop) return true;
    let seen = unseen;
    if (this.maskBit !== 0) {
      seen = mask(chunk, words, start, stop, frame.key);
      frame.key = rotateKey(frame.key, stop - start);
    }
    frame.left -= stop - start;
    const last = frame.left === 0;
    if (last) this.frame = undefined;
    return this.sink.onPiece(frame.first, frame.length, chunk, start, stop, seen, last);
  }
}

const noHeader: Buffer = Buffer.alloc(0);
