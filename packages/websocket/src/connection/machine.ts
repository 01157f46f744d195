import { Assembly } from "./assembly.ts";
import { closePayload, parseClose } from "./close.ts";
import type { CloseFrame } from "./close.ts";
import { WebSocketError } from "../errors.ts";
import type { WebSocketErrorCode } from "../errors.ts";
import type { DecodeFailure, MessageDecoder, Work } from "./extension.ts";
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  FIN,
  OPCODE,
  PONG,
  RSV1,
  RSV_ALL,
  TEXT,
} from "../frame/header.ts";
import { isAscii } from "../frame/mask.ts";
import { FrameReader } from "../frame/reader.ts";
import type { FrameSink } from "../frame/reader.ts";
import { isWholeUtf8, Utf8Checker } from "../frame/utf8.ts";
import { controlPayloadBytesMax } from "../limits.ts";
import type { WebSocketLimits } from "../limits.ts";

/** Which end of the line this is. */
export type Role = "server" | "client";

/** What the machine tells the one who feeds it. */
export interface MachineHandler {
  /** A text message: valid UTF-8 in `bytes[start, end)`, which may be part of a chunk. `ascii`: known to be ASCII. */
  onText(bytes: Buffer, start: number, end: number, ascii: boolean): void;
  /** A binary message. The bytes may be part of a chunk; they will not be changed. */
  onBinary(data: Buffer): void;
  onPing(data: Buffer): void;
  onPong(data: Buffer): void;
  /** Bytes out: send a control frame of this opcode. Nothing is to be sent after a close frame. */
  onReply(opcode: number, payload: Buffer): void;
  /** The peer's close frame came; the answer, if it was still due, has gone out through `onReply`. */
  onCloseFrame(): void;
  /** The peer broke the rules; a close frame that says so has gone out. Nothing more will be read. */
  onFailure(error: WebSocketError): void;
  /** An asynchronous decoder is done: `receive` the rest. */
  onResume(): void;
}

/** How a machine is set up. Shared by all connections that are set up alike. */
export interface MachineOptions extends WebSocketLimits {
  readonly role: Role;
  /** Leaves the UTF-8 of text messages unchecked, for a peer that is trusted. */
  readonly skipUtf8Check: boolean;
  /** Leaves pings to be answered by hand. */
  readonly manualPong: boolean;
}

/** A message of which the end has not come. */
interface Unfinished {
  /** First byte of its first frame: reserved bits and opcode. */
  readonly first: number;
  /** Frames so far, empty ones too. */
  fragments: number;
  /** Payload bytes that the headers so far have announced. */
  announced: number;
  /** OR of the bytes so far. */
  seen: number;
  readonly assembly: Assembly;
  /** Made with the first byte that is not ASCII. */
  utf8: Utf8Checker | undefined;
}

/**
 * RFC 6455 without a socket: bytes in through `receive`, messages and bytes out through the handler. Serves both
 * roles. It never throws on what a peer sends; the first violation ends it.
 */
export class Machine implements FrameSink {
  /** Whether a close frame went out. Then nothing else may. */
  closeSent = false;
  /** The peer's close frame, once it came. Then nothing more is read. */
  closeReceived: CloseFrame | undefined = undefined;
  /** Whether nothing more is read: the peer has closed, has broken the rules, or was cut off by `halt`. */
  ended = false;
  /** While a decoder works; nothing is read. */
  held = false;
  /** What the decoder does meanwhile. */
  private decoding: Work | undefined = undefined;

  private readonly handler: MachineHandler;
  /** May be replaced at any time; holds from the next frame header on. */
  options: MachineOptions;
  /** The negotiated extension, when there is one. */
  private readonly decoder: MessageDecoder | undefined;
  private readonly reader: FrameReader;
  private message: Unfinished | undefined = undefined;
  /** Payload of a control frame that comes in pieces. */
  private control: Assembly | undefined = undefined;

  constructor(options: MachineOptions, handler: MachineHandler, decoder?: MessageDecoder) {
    this.options = options;
    this.handler = handler;
    this.decoder = decoder;
    this.reader = new FrameReader(this, options.role === "server");
  }

  /**
   * Takes the next bytes and returns how many it used. Fewer than all means that a decoder works (`held`), or that the
   * machine has ended. The chunk is changed in place on a server.
   */
  receive(chunk: Buffer): number {
    if (this.ended || this.held) return 0;
    this.reader.read(chunk);
    return this.reader.position;
  }

  /** How much of the chunk was used when a handler threw out of `receive`. */
  get position(): number {
    return this.reader.position;
  }

  /** Sends a close frame, once. Throws what `closePayload` throws. */
  close(code?: number, reason?: string | Uint8Array): void {
    if (!this.closeSent) this.sendClose(closePayload(code, reason));
  }

  /** Reads and tells nothing more, and lets go of everything that was kept of an unfinished message. */
  halt(): void {
    this.ended = true;
    this.decoding?.cancel();
    this.decoding = undefined;
    this.message = undefined;
    this.control = undefined;
    this.reader.release();
  }

  onViolation(code: WebSocketErrorCode, detail?: string): void {
    if (this.ended) return;
    this.halt();
    const error = new WebSocketError(code, detail);
    this.close(error.closeCode);
    this.handler.onFailure(error);
  }

  /** Everything that a header alone can have wrong. */
  onHeader(first: number, length: number): boolean {
    const opcode = first & OPCODE;
    if (opcode >= CLOSE) {
      if (opcode > PONG) return this.fail("WS_RESERVED_OPCODE");
      if ((first & RSV_ALL) !== 0) return this.failReserved(first);
      if ((first & FIN) === 0) return this.fail("WS_CONTROL_FRAGMENTED");
      if (length > controlPayloadBytesMax) return this.fail("WS_CONTROL_TOO_LONG");
      return true;
    }
    if (opcode > BINARY) return this.fail("WS_RESERVED_OPCODE");
    if ((first & RSV_ALL) !== 0 && !this.mayReserve(first)) return this.failReserved(first);
    if (opcode === CONTINUATION) return this.onContinuation(length);
    if (this.message !== undefined) return this.fail("WS_EXPECTED_CONTINUATION");
    return length <= this.options.payloadBytesMax || this.fail("WS_PAYLOAD_TOO_BIG");
  }

  private onContinuation(length: number): boolean {
    const { message, options } = this;
    if (message === undefined) return this.fail("WS_UNEXPECTED_CONTINUATION");
    message.fragments++;
    message.announced += length;
    if (message.fragments > options.fragmentsMax) return this.fail("WS_TOO_MANY_FRAGMENTS");
    return message.announced <= options.payloadBytesMax || this.fail("WS_PAYLOAD_TOO_BIG");
  }

  onFrame(first: number, bytes: Buffer, start: number, end: number, seen: number): boolean {
    // A whole message in one frame and one chunk: the road that most messages take.
    if (first === (FIN | TEXT)) {
      const ascii = isAscii(seen);
      if (!ascii && !this.options.skipUtf8Check && !isWholeUtf8(bytes, start, end)) {
        return this.fail("WS_INVALID_UTF8");
      }
      this.handler.onText(bytes, start, end, ascii);
      return !this.ended;
    }
    if (first === (FIN | BINARY)) {
      this.handler.onBinary(bytes.subarray(start, end));
      return !this.ended;
    }
    if ((first & RSV_ALL) !== 0 && first >= FIN) {
      // As `onHeader` has seen to it, a whole message that an extension has encoded.
      this.decode(first, bytes.subarray(start, end));
      return !this.held && !this.ended;
    }
    return this.onPiece(first, end - start, bytes, start, end, seen, true);
  }

  onPiece(
    first: number,
    length: number,
    bytes: Buffer,
    start: number,
    end: number,
    seen: number,
    last: boolean,
  ): boolean {
    const opcode = first & OPCODE;
    if (opcode >= CLOSE) return this.onControlPiece(opcode, bytes, start, end, last);
    const message = (this.message ??= {
      first,
      fragments: 1,
      announced: length,
      seen: 0,
      assembly: new Assembly(),
      utf8: undefined,
    });
    const ends = last && (first & FIN) !== 0;
    message.seen |= seen;
    if (!this.checkText(message, bytes, start, end, ends)) return this.fail("WS_INVALID_UTF8");
    message.assembly.append(bytes, start, end);
    if (ends) this.endMessage(message);
    return !this.held && !this.ended;
  }

  /** Whether the message can still become valid; a text is known to be invalid with its first wrong byte. */
  private checkText(
    message: Unfinished,
    bytes: Buffer,
    start: number,
    end: number,
    ends: boolean,
  ): boolean {
    // What an extension has encoded is checked when it is decoded.
    if ((message.first & ~FIN) !== TEXT || this.options.skipUtf8Check) return true;
    // While all was ASCII there is nothing to check.
    if (isAscii(message.seen)) return true;
    const utf8 = (message.utf8 ??= new Utf8Checker());
    return utf8.push(bytes, start, end) && (!ends || utf8.complete);
  }

  private endMessage(message: Unfinished): void {
    const { first, seen } = message;
    const payload = message.assembly.join();
    this.message = undefined;
    if ((first & RSV_ALL) !== 0) {
      this.decode(first, payload);
    } else if ((first & OPCODE) === TEXT) {
      this.handler.onText(payload, 0, payload.length, isAscii(seen));
    } else {
      this.handler.onBinary(payload);
    }
  }

  private decode(first: number, payload: Buffer): void {
    const decoder = this.decoder as MessageDecoder;
    let late = false;
    this.held = true;
    this.decoding = decoder.decode(payload, this.options.payloadBytesMax, (result) => {
      this.held = false;
      this.decoding = undefined;
      if (this.ended) return;
      try {
        this.onDecoded(first, result);
      } finally {
        if (late) this.handler.onResume();
      }
    });
    late = true;
  }

  private onDecoded(first: number, result: Buffer | DecodeFailure): void {
    if (typeof result === "string") this.onViolation(result);
    else if ((first & OPCODE) === BINARY) this.handler.onBinary(result);
    else if (this.options.skipUtf8Check || isWholeUtf8(result, 0, result.length)) {
      this.handler.onText(result, 0, result.length, false);
    } else this.onViolation("WS_INVALID_UTF8");
  }

  private onControlPiece(
    opcode: number,
    bytes: Buffer,
    start: number,
    end: number,
    last: boolean,
  ): boolean {
    let payload: Buffer;
    if (last && this.control === undefined) {
      payload = bytes.subarray(start, end);
    } else {
      const control = (this.control ??= new Assembly());
      control.append(bytes, start, end);
      if (!last) return true;
      this.control = undefined;
      payload = control.join();
    }
    if (opcode === CLOSE) return this.onClose(payload);
    if (opcode === PONG) {
      this.handler.onPong(payload);
      return !this.ended;
    }
    // RFC 6455, section 5.5.2: a pong, unless a close frame has already gone out.
    if (!this.closeSent && !this.options.manualPong) this.handler.onReply(PONG, payload);
    this.handler.onPing(payload);
    return !this.ended;
  }

  private onClose(payload: Buffer): false {
    const frame = parseClose(payload);
    if (typeof frame === "string") return this.fail(frame);
    this.closeReceived = frame;
    this.halt();
    // The answer says what the peer said.
    if (!this.closeSent) this.sendClose(payload);
    this.handler.onCloseFrame();
    return false;
  }

  private sendClose(payload: Buffer): void {
    this.closeSent = true;
    this.handler.onReply(CLOSE, payload);
  }

  /** Reserved bits belong to the first frame of a data message, and to an extension that claims them. */
  private mayReserve(first: number): boolean {
    const claimed = this.decoder?.reservedBits ?? 0;
    return (first & OPCODE) !== CONTINUATION && (first & RSV_ALL & ~claimed) === 0;
  }

  private failReserved(first: number): false {
    this.onViolation("WS_RESERVED_BITS", (first & RSV_ALL) === RSV1 ? "RSV1" : undefined);
    return false;
  }

  private fail(code: WebSocketErrorCode): false {
    this.onViolation(code);
    return false;
  }
}
