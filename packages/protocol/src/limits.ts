import { ProtocolError } from "./errors.ts";

/** What a peer can make the codecs hold or do. Every bound is inclusive; `Infinity` lifts it. */
export interface ProtocolLimits {
  /**
   * Size of one Socket.IO packet with all its attachments: UTF-16 units of the text plus bytes of
   * the attachments. Default 10,000,000 (ten messages of the default `maxHttpBufferSize`).
   */
  readonly packetBytesMax: number;
  /** Binary attachments of one Socket.IO packet. Default 1,000. */
  readonly attachmentsMax: number;
  /**
   * Nesting of arrays and objects, the array of arguments included. Default 1,000: `JSON.parse`
   * takes a depth of 400,000, while sending it on with `JSON.stringify` overflows the stack.
   */
  readonly jsonDepthMax: number;
  /** Engine.IO packets in one polling body. Default 65,536. */
  readonly payloadPacketsMax: number;
}

/** The limits used where none are given. */
export const defaultProtocolLimits: ProtocolLimits = Object.freeze({
  packetBytesMax: 10_000_000,
  attachmentsMax: 1_000,
  jsonDepthMax: 1_000,
  payloadPacketsMax: 65_536,
});

/** Longest run of digits that is read as a number: no safe integer is longer. */
export const integerDigitsMax: number = 16;

// Objects that came out of resolveLimits: a server resolves once and its decoders share the object.
const resolved: WeakSet<object> = new WeakSet();

/**
 * Fills in the defaults and checks the values. Already resolved limits are returned as they are, so
 * that many decoders can share one object.
 *
 * @throws {ProtocolError} `LIMIT_INVALID` when a limit is not a whole number from 0 up (or `Infinity`).
 */
export function resolveLimits(limits?: Partial<ProtocolLimits>): ProtocolLimits {
  if (limits === undefined) return defaultProtocolLimits;
  if (resolved.has(limits)) return limits as ProtocolLimits;
  const result = Object.freeze({
    packetBytesMax: resolveLimit("packetBytesMax", limits),
    attachmentsMax: resolveLimit("attachmentsMax", limits),
    jsonDepthMax: resolveLimit("jsonDepthMax", limits),
    payloadPacketsMax: resolveLimit("payloadPacketsMax", limits),
  });
  resolved.add(result);
  return result;
}

function resolveLimit(name: keyof ProtocolLimits, limits: Partial<ProtocolLimits>): number {
  const value: unknown = limits[name] ?? defaultProtocolLimits[name];
  if (value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0)) {
    return value as number;
  }
  throw new ProtocolError("LIMIT_INVALID", `${name} is ${String(value)}`);
}

/** What a peer can make the codec of the plain dialect hold or do. Every bound is inclusive. */
export interface PlainCodecLimits {
  /**
   * Size of one message: UTF-16 units of its text, or bytes of MessagePack, plus bytes of the binary frames that
   * follow it. Default 1,000,000 (the default of `maxHttpBufferSize`).
   */
  readonly messageBytesMax: number;
  /** Nesting of arrays and objects, the message itself included. Default 100. */
  readonly depthMax: number;
  /** Binary frames of one message. Default 100. */
  readonly binariesMax: number;
  /** UTF-16 units of the name of a room. Default 256. */
  readonly roomUnitsMax: number;
}

/** The limits of the plain dialect used where none are given. */
export const defaultPlainLimits: PlainCodecLimits = /* @__PURE__ */ Object.freeze({
  messageBytesMax: 1_000_000,
  depthMax: 100,
  binariesMax: 100,
  roomUnitsMax: 256,
});
