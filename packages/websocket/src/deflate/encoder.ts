import type { EncodeDone, MessageEncoder, SharedMessage, Work } from "../connection/extension.ts";
import { RSV1 } from "../frame/header.ts";
import { deflateNowBytesMax } from "../limits.ts";
import { Compressed } from "./compressed.ts";
import { deflateLater, deflateNow, smallestWindowHolds } from "./deflate.ts";
import type { Deflating } from "./deflate.ts";
import type { History } from "./history.ts";
import { thresholdOf, windowBitsMin } from "./options.ts";
import type { DeflateConfig } from "./options.ts";

/**
 * Compresses the messages of one direction (RFC 7692, section 7.2.1). Without a history it serves any number of
 * connections. What would only become longer goes out as it is, and is then no part of the history either.
 */
export class DeflatingEncoder implements MessageEncoder {
  readonly reservedBits: number = RSV1;
  private readonly thresholdBytes: number;
  /** How a message is compressed that refers back to none. */
  private readonly alone: Deflating;
  /** Where context is taken over from message to message. */
  private readonly history: History | undefined;
  /** What even a short message may refer back to. */
  private readonly contextBytes: number;
  /** The text that was compressed last in this tick: often the next connection sends the same. */
  private latest: { text: string; compressed: Compressed } | undefined = undefined;

  constructor(config: DeflateConfig, windowBits: number, history: History | undefined) {
    const never = windowBits === windowBitsMin && !smallestWindowHolds();
    this.thresholdBytes = never ? Infinity : thresholdOf(config, history !== undefined);
    this.alone = { config, windowBits, dictionary: undefined, ends: true };
    this.history = history;
    this.contextBytes = history?.windowBytes ?? 0;
  }

  wants(payload: string | Uint8Array): boolean {
    const least = Math.max(1, this.thresholdBytes);
    if (typeof payload !== "string") return payload.byteLength >= least;
    // A UTF-16 unit takes one to three bytes.
    if (payload.length >= least || payload.length * 3 < least) return payload.length >= least;
    return Buffer.byteLength(payload) >= least;
  }

  encode(payload: string | Uint8Array, done: EncodeDone): Buffer | Work | undefined {
    const { history } = this;
    if (history === undefined) return this.send(this.compress(payload), done);
    const bytes = bytesOf(payload);
    const how = { ...this.alone, dictionary: this.dictionaryFor(bytes.length) };
    if (bytes.length > deflateNowBytesMax) return this.later(bytes, how, done);
    const result = deflateNow(bytes, how);
    // What has nothing to refer to yet may come out a little longer: it is there for those that come after it.
    const more = typeof payload === "string" ? 2 + (bytes.length >> 3) : 2;
    if (result.length > bytes.length + more) return undefined;
    history.add(bytes);
    return result;
  }

  encodePiece(payload: string | Uint8Array, ends: boolean, done: EncodeDone): Buffer | Work {
    const bytes = bytesOf(payload);
    const how = { ...this.alone, dictionary: this.dictionaryFor(bytes.length), ends };
    if (bytes.length > deflateNowBytesMax) return this.later(bytes, how, done);
    const result = deflateNow(bytes, how);
    this.history?.add(bytes);
    return result;
  }

  encodeShared(message: SharedMessage, done: EncodeDone): Buffer | Work | undefined {
    const { config, windowBits } = this.alone;
    for (const encoding of message.encodings) {
      if (!(encoding instanceof Compressed)) continue;
      if (encoding.how.config === config && encoding.how.windowBits === windowBits)
        return this.send(encoding, done);
    }
    const compressed = new Compressed(message.payload, this.alone);
    message.encodings.push(compressed);
    return this.send(compressed, done);
  }

  /**
   * What a message refers back to. It costs to go through it, so it is in proportion: a long message reaches further,
   * and finds the one before it that is much the same.
   */
  private dictionaryFor(bytes: number): Buffer | undefined {
    const { history } = this;
    const reach = Math.max(this.contextBytes, 2 * bytes);
    history?.widen(reach);
    return history?.last(reach);
  }

  /** A message on its own; a text that was the latest is not compressed again. */
  private compress(payload: string | Uint8Array): Compressed {
    if (typeof payload !== "string") return new Compressed(payload, this.alone);
    if (this.latest?.text === payload) return this.latest.compressed;
    if (this.latest === undefined) process.nextTick(forget, this);
    const compressed = new Compressed(Buffer.from(payload), this.alone);
    this.latest = { text: payload, compressed };
    return compressed;
  }

  private send(compressed: Compressed, done: EncodeDone): Buffer | Work | undefined {
    const { history } = this;
    if (compressed.done) {
      const { shorter } = compressed;
      if (shorter instanceof Error) return undefined;
      if (shorter !== undefined) history?.add(compressed.payload);
      return shorter;
    }
    if (history === undefined) return compressed.wait(() => done(compressed.shorter));
    // What comes behind it may refer back to it already, so it goes out compressed in any case.
    history.add(compressed.payload);
    return compressed.wait(done);
  }

  private later(bytes: Uint8Array, how: Deflating, done: EncodeDone): Work {
    // The history goes on before the turn comes.
    const dictionary = how.dictionary === undefined ? undefined : Buffer.from(how.dictionary);
    this.history?.add(bytes);
    return deflateLater(bytes, { ...how, dictionary }, done);
  }

  /** @internal */
  forgetLatest(): void {
    this.latest = undefined;
  }
}

function forget(encoder: DeflatingEncoder): void {
  encoder.forgetLatest();
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === "string" ? Buffer.from(payload) : payload;
}
