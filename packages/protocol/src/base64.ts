import { ProtocolError } from "./errors.ts";

/** Base64 as polling carries binary (RFC 4648 section 4: standard alphabet, padded). */
export interface Base64 {
  /** Writes bytes as base64. */
  encode(bytes: Uint8Array): string;
  /** Reads base64. @throws {ProtocolError} `BASE64_INVALID` */
  decode(text: string): Uint8Array;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const padding = 61;
const invalid = 255;
// Arguments of one String.fromCharCode call, well under the engines' limits; a multiple of 4.
const chunkUnits = 8192;

const codes: Uint8Array = /* @__PURE__ */ Uint8Array.from(alphabet, (c) => c.charCodeAt(0));
const values: Uint8Array = /* @__PURE__ */ makeValues();

function makeValues(): Uint8Array {
  const table = new Uint8Array(256).fill(invalid);
  for (let value = 0; value < 64; value++) table[alphabet.charCodeAt(value)] = value;
  return table;
}

/** Pure implementation, strict: padding, alphabet and unused bits must all be right. */
export const base64: Base64 = { encode, decode };

function encode(bytes: Uint8Array): string {
  let text = "";
  const perChunk = (chunkUnits / 4) * 3;
  for (let at = 0; at < bytes.length; at += perChunk) {
    text += encodeChunk(bytes, at, Math.min(at + perChunk, bytes.length));
  }
  return text;
}

function encodeChunk(bytes: Uint8Array, start: number, end: number): string {
  const units = new Uint8Array(Math.ceil((end - start) / 3) * 4);
  let to = 0;
  for (let at = start; at < end; at += 3) {
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    units[to++] = codes[group >> 18]!;
    units[to++] = codes[(group >> 12) & 63]!;
    units[to++] = at + 1 < end ? codes[(group >> 6) & 63]! : padding;
    units[to++] = at + 2 < end ? codes[group & 63]! : padding;
  }
  return String.fromCharCode.apply(null, units as unknown as number[]);
}

function decode(text: string): Uint8Array {
  const length = decodedLength(text);
  const bytes = new Uint8Array(length);
  let seen = 0;
  let to = 0;
  for (let at = 0; to < length; at += 4) {
    const a = valueAt(text, at);
    const b = valueAt(text, at + 1);
    const c = to + 1 < length ? valueAt(text, at + 2) : 0;
    const d = to + 2 < length ? valueAt(text, at + 3) : 0;
    seen |= a | b | c | d;
    bytes[to++] = (a << 2) | (b >> 4);
    if (to < length) bytes[to++] = (b << 4) | (c >> 2);
    if (to < length) bytes[to++] = (c << 6) | d;
  }
  // Valid values have six bits, so one look at all of them together is enough.
  if (seen > 63) throw new ProtocolError("BASE64_INVALID", "character outside the alphabet");
  return bytes;
}

function valueAt(text: string, at: number): number {
  return values[text.charCodeAt(at)] ?? invalid;
}

/**
 * Bytes that `text` stands for, after a look at its length, its padding and the unused bits of its
 * last group (RFC 4648 section 3.5); the alphabet is left to the decoder.
 */
function decodedLength(text: string): number {
  const units = text.length;
  if (units % 4 !== 0) throw new ProtocolError("BASE64_INVALID", "length is not a multiple of 4");
  if (units === 0 || text.charCodeAt(units - 1) !== padding) return (units / 4) * 3;
  const twice = text.charCodeAt(units - 2) === padding;
  const unused = twice ? valueAt(text, units - 3) & 15 : valueAt(text, units - 2) & 3;
  if (unused !== 0) throw new ProtocolError("BASE64_INVALID", "unused bits are set");
  return (units / 4) * 3 - (twice ? 2 : 1);
}

/**
 * Makes a fast but lenient implementation strict, such as one over Node's `Buffer`, which skips what
 * it does not know, reads the URL alphabet too, and takes U+0141 for U+0041. What it decoded has to
 * come out as the same text again.
 *
 * @throws {ProtocolError} `BASE64_INVALID`, from `decode`
 */
export function strictBase64(lenient: Base64): Base64 {
  return {
    encode: (bytes) => lenient.encode(bytes),
    decode(text) {
      const bytes = lenient.decode(text);
      if (lenient.encode(bytes) !== text) throw new ProtocolError("BASE64_INVALID");
      return bytes;
    },
  };
}
