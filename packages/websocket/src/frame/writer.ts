import { BINARY, FIN, headerBytes, TEXT, writeHeader } from "./header.ts";
import { mask, randomKey, wordsOf } from "./mask.ts";

/**
 * A whole frame in a buffer of its own. `first` is its first byte: FIN, reserved bits and opcode. `maskBit` is 0x80
 * for a frame of a client, whose payload is masked, and 0 for one of a server.
 */
export function frame(first: number, payload: string | Uint8Array, maskBit: number): Buffer {
  const bytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
  const start = headerBytes(bytes) + (maskBit >>> 5);
  const framed = Buffer.allocUnsafe(start + bytes);
  if (typeof payload === "string") framed.write(payload, start);
  else framed.set(payload, start);
  writeHeader(framed, 0, first, maskBit, bytes);
  if (maskBit !== 0) maskPayload(framed, wordsOf(framed), start, start + bytes);
  return framed;
}

/** Masks a payload with a fresh key, which it writes in front of it. */
export function maskPayload(
  bytes: Buffer,
  words: Int32Array | undefined,
  start: number,
  end: number,
): void {
  const key = randomKey();
  bytes[start - 4] = key;
  bytes[start - 3] = key >>> 8;
  bytes[start - 2] = key >>> 16;
  bytes[start - 1] = key >>> 24;
  mask(bytes, words, start, end, key);
}

/**
 * Writes a frame with a text payload at `at` and returns where it ends. There must be room for the longest header and
 * three bytes for each code unit.
 */
export function writeText(
  target: Buffer,
  words: Int32Array,
  at: number,
  first: number,
  text: string,
  maskBit: number,
): number {
  // The header is taken to be as long as it is for ASCII; rarely it is not, and the payload moves.
  const guess = headerBytes(text.length);
  const start = at + guess + (maskBit >>> 5);
  const bytes = target.write(text, start);
  const shift = headerBytes(bytes) - guess;
  if (shift !== 0) target.copyWithin(start + shift, start, start + bytes);
  writeHeader(target, at, first, maskBit, bytes);
  const end = start + shift + bytes;
  if (maskBit !== 0) maskPayload(target, words, start + shift, end);
  return end;
}

/** Writes a frame with a binary payload at `at`, where there must be room for it, and returns where it ends. */
export function writeBinary(
  target: Buffer,
  words: Int32Array,
  at: number,
  first: number,
  data: Uint8Array,
  maskBit: number,
): number {
  const start = writeHeader(target, at, first, maskBit, data.byteLength) + (maskBit >>> 5);
  const end = start + data.byteLength;
  target.set(data, start);
  if (maskBit !== 0) maskPayload(target, words, start, end);
  return end;
}

/**
 * A text message as the frame that a server sends, to be shared by many connections (`Connection.sendFrames`).
 *
 * @example
 * const tick = frameText(JSON.stringify(prices));
 * for (const connection of connections) connection.sendFrames(tick);
 */
export function frameText(text: string): Buffer {
  return frame(FIN | TEXT, text, 0);
}

/** A binary message as the frame that a server sends, to be shared by many connections (`Connection.sendFrames`). */
export function frameBinary(data: Uint8Array): Buffer {
  return frame(FIN | BINARY, data, 0);
}
