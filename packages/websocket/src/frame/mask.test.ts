import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAscii, mask, randomKey, rotateKey, wordsOf } from "./mask.ts";

const keyBytes = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));

function toKey(bytes: readonly number[]): number {
  return Buffer.from(bytes).readInt32LE(0);
}

describe("mask (RFC 6455, section 5.3)", () => {
  it("XORs byte i with key byte i modulo 4, for any length and place", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        keyBytes,
        fc.nat(9),
        fc.nat(9),
        fc.boolean(),
        (payload, key, before, after, withWords) => {
          const bytes = Buffer.alloc(before + payload.length + after, 0xee);
          bytes.set(payload, before);
          const words = withWords
            ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
            : undefined;
          const seen = mask(bytes, words, before, before + payload.length, toKey(key));
          const expected = payload.map((byte, at) => byte ^ (key[at % 4] as number));
          expect(bytes.subarray(before, before + payload.length)).toEqual(Buffer.from(expected));
          // Nothing around it changes.
          expect(bytes.subarray(0, before).every((byte) => byte === 0xee)).toBe(true);
          expect(bytes.subarray(before + payload.length).every((byte) => byte === 0xee)).toBe(true);
          expect(isAscii(seen)).toBe(expected.every((byte) => byte < 0x80));
        },
      ),
    );
  });

  it("goes on where it stopped when the key is rotated", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        keyBytes,
        fc.nat(100),
        (payload, key, place) => {
          const cut = Math.min(place, payload.length);
          const whole = Buffer.from(payload);
          mask(whole, undefined, 0, whole.length, toKey(key));
          const pieces = Buffer.from(payload);
          mask(pieces, undefined, 0, cut, toKey(key));
          mask(pieces, undefined, cut, pieces.length, rotateKey(toKey(key), cut));
          expect(pieces).toEqual(whole);
        },
      ),
    );
  });

  it("makes no view of words for short or unaligned bytes", () => {
    const memory = new ArrayBuffer(4096);
    expect(wordsOf(Buffer.from(memory, 0, 40))).toBeUndefined();
    expect(wordsOf(Buffer.from(memory, 1, 1000))).toBeUndefined();
    const words = wordsOf(Buffer.from(memory, 8, 1001));
    expect(words?.byteOffset).toBe(8);
    expect(words?.length).toBe(250);
  });

  it("draws keys that do not repeat", () => {
    const keys = new Set(Array.from({ length: 10_000 }, () => randomKey()));
    // Two of 10,000 random keys are the same with a chance of one in a hundred; ten with none.
    expect(keys.size).toBeGreaterThan(9_990);
  });
});
