import { constants as bufferConstants } from "node:buffer";
import { createInflateRaw, inflateRawSync } from "node:zlib";
import type { InflateRaw, ZlibOptions } from "node:zlib";
import type { DecodeFailure, Work } from "../connection/extension.ts";
import {
  finalBlocksMax,
  inflateNowInputBytesMax,
  inflateNowOutputBytesMax,
  inflateNowTickBytesMax,
} from "../limits.ts";
import type { DeflateConfig } from "./options.ts";
import { windowBitsMax } from "./options.ts";
import { ZlibJob } from "./zlib-queue.ts";
import type { ZlibResult } from "./zlib-queue.ts";

/**
 * What a message ends with before it is inflated: the four bytes that the sender took away (RFC 7692, section 7.2.2),
 * and an empty final block, so that zlib tells a message that is cut off from one that is whole.
 */
const tail: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff]);
const windowBytesMax: number = 2 ** windowBitsMax;
const chunkBytesMin = 1_024;
const chunkBytesMax = 65_536;

/** Where messages that are inflated at once stand with their tail. */
const scratch: Buffer = Buffer.allocUnsafeSlow(inflateNowInputBytesMax + tail.length);

/** Bytes that may still be inflated at once before the event loop goes round. */
let tickBytesLeft: number = inflateNowTickBytesMax;

function newTick(): void {
  tickBytesLeft = inflateNowTickBytesMax;
}

/**
 * Inflates a message at once, or says undefined when it is one for the threads: it is long, or becomes long, or too
 * much was inflated in this tick already. `dictionary` is what the message may refer back to.
 */
export function inflateNow(
  payload: Uint8Array,
  dictionary: Buffer | undefined,
  bytesMax: number,
  config: DeflateConfig,
): Buffer | DecodeFailure | undefined {
  if (payload.length > inflateNowInputBytesMax || tickBytesLeft <= 0) return undefined;
  scratch.set(payload);
  scratch.set(tail, payload.length);
  const pieces = new Pieces(
    payload.length,
    dictionary,
    Math.min(bytesMax, inflateNowOutputBytesMax),
  );
  const spent = inflatePieces(pieces, config);
  if (tickBytesLeft === inflateNowTickBytesMax) setImmediate(newTick);
  tickBytesLeft -= spent;
  if (pieces.failure === "WS_PAYLOAD_TOO_BIG" && bytesMax > inflateNowOutputBytesMax)
    return undefined;
  return pieces.failure ?? pieces.join();
}

/** Inflates what stands in the scratch; returns how many bytes of work it was. */
function inflatePieces(pieces: Pieces, config: DeflateConfig): number {
  const end = pieces.payloadBytes + tail.length;
  try {
    do {
      const { buffer, engine } = inflateRawSync(scratch.subarray(pieces.used, end), {
        ...zlibOptions(config, end, pieces.dictionary),
        maxOutputLength: pieces.room,
        info: true,
      }) as unknown as { buffer: Buffer; engine: InflateRaw };
      pieces.add(buffer, engine.bytesWritten);
    } while (!pieces.done);
  } catch (error) {
    pieces.fail(error as Error);
  }
  return Math.min(pieces.bytesMax, pieces.bytes) + end;
}

function zlibOptions(
  config: DeflateConfig,
  inputBytes: number,
  dictionary: Buffer | undefined,
): ZlibOptions {
  const chunkSize = Math.min(chunkBytesMax, Math.max(chunkBytesMin, inputBytes * 4));
  const options: ZlibOptions = { chunkSize, ...config.zlibInflate, windowBits: windowBitsMax };
  if (dictionary !== undefined) options.dictionary = dictionary;
  return options;
}

/**
 * A message comes in as many pieces as it has blocks that call themselves final: zlib ends at each, and the next begins
 * at a byte (RFC 7692, section 7.2.3.4, allows them).
 */
class Pieces {
  readonly payloadBytes: number;
  readonly bytesMax: number;
  /** What the next piece may refer back to. */
  dictionary: Buffer | undefined;
  /** Bytes of payload and tail that were used so far. */
  used = 0;
  bytes = 0;
  done = false;
  failure: DecodeFailure | undefined = undefined;
  private readonly buffers: Buffer[] = [];

  constructor(payloadBytes: number, dictionary: Buffer | undefined, bytesMax: number) {
    this.payloadBytes = payloadBytes;
    this.bytesMax = bytesMax;
    this.dictionary = dictionary;
  }

  /** What zlib may still produce; one byte too many, since it does not take 0. */
  get room(): number {
    return Math.min(this.bytesMax - this.bytes + 1, bufferConstants.MAX_LENGTH);
  }

  add(buffer: Buffer, used: number): void {
    this.bytes += buffer.length;
    this.used += used;
    if (this.bytes > this.bytesMax) return this.stop("WS_PAYLOAD_TOO_BIG");
    this.buffers.push(buffer);
    // Some senders end with a final block and leave it at that.
    this.done = this.used === this.payloadBytes || this.used === this.payloadBytes + tail.length;
    if (this.done) return;
    if (this.buffers.length >= finalBlocksMax || used === 0) return this.stop("WS_EXTENSION_DATA");
    const window = [...(this.dictionary === undefined ? [] : [this.dictionary]), buffer];
    this.dictionary = Buffer.concat(window).subarray(-windowBytesMax);
  }

  fail(error: Error): void {
    const tooLong = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    this.stop(tooLong ? "WS_PAYLOAD_TOO_BIG" : "WS_EXTENSION_DATA");
  }

  stop(failure: DecodeFailure): void {
    this.failure = failure;
    this.done = true;
  }

  join(): Buffer {
    return this.buffers.length === 1 ? (this.buffers[0] as Buffer) : Buffer.concat(this.buffers);
  }
}

/** A message that is inflated in a thread, up to `bytesMax`. */
export class Inflation implements Work {
  private readonly input: Buffer;
  private readonly pieces: Pieces;
  private readonly config: DeflateConfig;
  private readonly done: (result: Buffer | DecodeFailure) => void;
  private job: ZlibJob;

  constructor(
    payload: Uint8Array,
    dictionary: Buffer | undefined,
    bytesMax: number,
    config: DeflateConfig,
    done: (result: Buffer | DecodeFailure) => void,
  ) {
    this.input = Buffer.concat([payload, tail]);
    // The history that it is part of may change before the turn comes.
    const window = dictionary === undefined ? undefined : Buffer.from(dictionary);
    this.pieces = new Pieces(payload.length, window, bytesMax);
    this.config = config;
    this.done = done;
    this.job = this.next();
  }

  cancel(): void {
    this.job.cancel();
  }

  private next(): ZlibJob {
    const { pieces, config } = this;
    const input = this.input.subarray(pieces.used);
    return new ZlibJob({
      input,
      bytesMax: pieces.room - 1,
      concurrencyMax: config.concurrencyMax,
      open: () => createInflateRaw(zlibOptions(config, input.length, pieces.dictionary)),
      done: (result) => this.onDone(result),
    });
  }

  private onDone(result: ZlibResult): void {
    const { pieces } = this;
    if (result === "too long") pieces.stop("WS_PAYLOAD_TOO_BIG");
    else if ("error" in result) pieces.stop("WS_EXTENSION_DATA");
    else pieces.add(result.bytes, result.used);
    if (pieces.done) this.done(pieces.failure ?? pieces.join());
    else this.job = this.next();
  }
}
