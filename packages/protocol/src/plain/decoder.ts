import type { Base64 } from "../base64.ts";
import { base64 as pureBase64 } from "../base64.ts";
import { isDeeperThan } from "../json-depth.ts";
import type { PlainCodecLimits } from "../limits.ts";
import { defaultPlainLimits } from "../limits.ts";
import { PlainError } from "./errors.ts";
import { findJsonFault } from "./json-fault.ts";
import type { PlainReply, PlainRequest } from "./message.ts";
import { readQuickly } from "./quick.ts";
import { readReply } from "./reply.ts";
import type { Fields } from "./request.ts";
import { blame, readRequest } from "./request.ts";
import type { PlainSlot } from "./restore.ts";
import { fillPlainSlots, findPlainSlots, restoreBase64 } from "./restore.ts";

/** What each side says. */
export interface PlainSaid {
  client: PlainRequest;
  server: PlainReply;
}

/** For whoever has something better than the defaults. */
export interface PlainDecoderOptions {
  readonly limits?: Partial<PlainCodecLimits> | undefined;
  /** Reads inline binary. Default: the pure implementation of this package. */
  readonly base64?: Base64 | undefined;
}

/** A message whose binary frames are still on their way. */
interface Assembly<M> {
  readonly message: M;
  readonly fields: Fields;
  /** Undefined: the frames are the arguments. */
  readonly slots: readonly PlainSlot[] | undefined;
  readonly count: number;
  readonly frames: unknown[];
  bytes: number;
}

/**
 * Reads the JSON form of the plain dialect, as one connection says it: texts, and the binary frames that follow them.
 * What a client says is read strictly, so that a typing error is found; of what a server says, unknown fields are
 * passed over. Holds no clock.
 *
 * @example
 * const decoder = new PlainDecoder("client");
 * decoder.decodeText('{"event":"chat","data":["hi"]}'); // { type: "event", event: "chat", data: ["hi"], … }
 */
export class PlainDecoder<From extends keyof PlainSaid = "client"> {
  /** Bound of a message; may be raised when more trust is there. See {@link PlainCodecLimits}. */
  messageBytesMax: number;
  /**
   * Whether binary stands inline as base64: from the moment that a `connect` or `recover` has asked for it. Whoever
   * reads what a server says sets it.
   */
  inline = false;
  private readonly strict: boolean;
  private readonly limits: PlainCodecLimits;
  private readonly base64: Base64;
  /** Only while frames are awaited. */
  private assembly: Assembly<PlainSaid[From]> | undefined = undefined;

  constructor(from: From = "client" as From, options: PlainDecoderOptions = {}) {
    this.strict = from === "client";
    this.limits =
      options.limits === undefined
        ? defaultPlainLimits
        : { ...defaultPlainLimits, ...options.limits };
    this.messageBytesMax = this.limits.messageBytesMax;
    this.base64 = options.base64 ?? pureBase64;
  }

  /** Whether a message is waiting for binary frames. */
  get pending(): boolean {
    return this.assembly !== undefined;
  }

  /** What the waiting message holds so far: UTF-16 units of its text plus bytes of its frames. */
  get pendingBytes(): number {
    return this.assembly === undefined ? 0 : this.assembly.bytes;
  }

  /** Forgets a half-assembled message. */
  reset(): void {
    this.assembly = undefined;
  }

  /**
   * Reads a text frame from `offset` on. Returns the message, or undefined when its binary frames have to come first.
   * After an error nothing is pending.
   *
   * @throws {PlainError} and nothing else
   */
  decodeText(text: string, offset: number = 0): PlainSaid[From] | undefined {
    if (this.assembly !== undefined) this.interrupt();
    const size = text.length - offset;
    if (size > this.messageBytesMax) throw new PlainError("MESSAGE_TOO_LARGE");
    const isTooDeep = isDeeperThan(text, offset, this.limits.depthMax);
    if (this.strict && !this.inline && !isTooDeep) {
      const quick = readQuickly(text, offset);
      if (quick !== undefined) return quick;
    }
    const root = this.parse(text, offset, isTooDeep);
    const form = this.inline ? "base64" : "frames";
    const message = (
      this.strict ? readRequest(root, form, this.limits) : readReply(root, form, this.limits)
    ) as PlainSaid[From];
    if (this.inline) this.readInline(root as Fields, text);
    else if ((root as Fields)["binary"] !== undefined) {
      return this.await(message, root as Fields, size);
    } else if (this.strict) {
      const { type } = message;
      if (type === "connect" || type === "recover") this.inline = message.base64 === true;
    }
    return message;
  }

  /**
   * Takes the next binary frame, which is put into its message as it is. Returns the message when it is complete.
   * After an error nothing is pending.
   *
   * @throws {PlainError} `BINARY_UNEXPECTED`, `MESSAGE_TOO_LARGE`
   */
  decodeBinary(data: ArrayBuffer | ArrayBufferView): PlainSaid[From] | undefined {
    const { assembly } = this;
    if (assembly === undefined) throw new PlainError("BINARY_UNEXPECTED");
    assembly.bytes += data.byteLength;
    if (assembly.bytes > this.messageBytesMax) {
      this.reset();
      blame(assembly.fields, "MESSAGE_TOO_LARGE", undefined);
    }
    assembly.frames.push(data);
    if (assembly.frames.length < assembly.count) return undefined;
    this.reset();
    return finish(assembly);
  }

  private parse(text: string, offset: number, isTooDeep: boolean): unknown {
    if (!isTooDeep) {
      try {
        return JSON.parse(offset === 0 ? text : text.slice(offset));
      } catch {
        // Its words differ from engine to engine; the place is looked for below.
      }
    }
    const fault = findJsonFault(text, offset, this.limits.depthMax);
    throw new PlainError(fault?.code ?? "JSON_INVALID", { at: fault?.at ?? 0 });
  }

  private readInline(fields: Fields, text: string): void {
    // A mark can be spelled with escapes, too.
    if (!text.includes('$base64"') && !text.includes("\\u")) return;
    const { data } = fields;
    if (!Array.isArray(data)) return;
    restoreBase64(data, this.base64, (code, at) => blame(fields, code, at));
  }

  private await(
    message: PlainSaid[From],
    fields: Fields,
    bytes: number,
  ): PlainSaid[From] | undefined {
    const count = fields["binary"] as number;
    const { data } = fields;
    const slots = Array.isArray(data)
      ? findPlainSlots(data, count, (code, at) => blame(fields, code, at))
      : undefined;
    const assembly = { message, fields, slots, count, frames: [], bytes };
    if (count === 0) return finish(assembly);
    this.assembly = assembly;
    return undefined;
  }

  private interrupt(): never {
    const { fields } = this.assembly!;
    this.reset();
    return blame(fields, "TEXT_UNEXPECTED", undefined);
  }
}

function finish<M extends object>({ message, slots, frames }: Assembly<M>): M {
  // A server of a later version may announce frames where there is no place for them yet.
  if (slots === undefined) return "data" in message ? { ...message, data: frames } : message;
  fillPlainSlots(slots, frames);
  return message;
}
