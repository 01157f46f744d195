import { randomFillSync } from "node:crypto";

/**
 * A masking key travels as a 32-bit integer whose lowest byte is the key's first, so that on a little-endian machine
 * a word of payload is masked by one XOR. Elsewhere the words are left out and every byte is masked by itself.
 */
const littleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Below this many bytes, making a view costs more than it saves. */
const wordsWorthBytes = 96;

/** A view of the buffer's words, or undefined when bytes are the better choice. */
export function wordsOf(bytes: Uint8Array): Int32Array | undefined {
  if (!littleEndian || bytes.length < wordsWorthBytes || (bytes.byteOffset & 3) !== 0)
    return undefined;
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}

/** The key as it stands after `bytes` bytes have been masked with it. */
export function rotateKey(key: number, bytes: number): number {
  const shift = (bytes & 3) << 3;
  return (key >>> shift) | (key << (32 - shift));
}

/**
 * Masks or unmasks `bytes[start, end)` in place and returns the OR of the resulting bytes: while bit 7 of every byte
 * of it is clear, they are ASCII (`isAscii`). `words` is `wordsOf(bytes)`.
 */
export function mask(
  bytes: Uint8Array,
  words: Int32Array | undefined,
  start: number,
  end: number,
  key: number,
): number {
  let at = start;
  let seen = 0;
  let turning = key;
  if (words !== undefined && end - start >= 8) {
    while ((at & 3) !== 0) {
      const byte = (bytes[at] as number) ^ (turning & 0xff);
      bytes[at++] = byte;
      seen |= byte;
      turning = (turning >>> 8) | (turning << 24);
    }
    const last = end >>> 2;
    let word = at >>> 2;
    for (; word < last; word++) {
      const value = (words[word] as number) ^ turning;
      words[word] = value;
      seen |= value;
    }
    at = word << 2;
  }
  for (; at < end; at++) {
    const byte = (bytes[at] as number) ^ (turning & 0xff);
    bytes[at] = byte;
    seen |= byte;
    turning = (turning >>> 8) | (turning << 24);
  }
  return seen;
}

/** Whether what `mask` or `highBits` returned belongs to ASCII bytes. */
export function isAscii(seen: number): boolean {
  return (seen & 0x80808080) === 0;
}

const keys = new Int32Array(2048);
let nextKey = keys.length;

/** A fresh masking key, unpredictable as section 5.3 demands. */
export function randomKey(): number {
  if (nextKey === keys.length) {
    randomFillSync(keys);
    nextKey = 0;
  }
  return keys[nextKey++] as number;
}
