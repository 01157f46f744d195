/** Random numbers below a bound; a seed gives its numbers again (mulberry32). */
export type Random = (below: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const edges = [0, 1, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff] as const;

type Change = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const splice = (bytes: Buffer, from: number, to: number, middle: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);

const changes: readonly Change[] = [
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const at = random(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length > 0) bytes[random(bytes.length)] = edges[random(edges.length)] as number;
    return bytes;
  },
  (bytes, random) => {
    const at = random(bytes.length + 1);
    return splice(bytes, at, Math.min(bytes.length, at + 1 + random(8)), Buffer.alloc(0));
  },
  (bytes, random) => {
    const at = random(bytes.length + 1);
    return splice(bytes, at, at, Buffer.alloc(1 + random(4), random(256)));
  },
  // A part of it again, elsewhere.
  (bytes, random) => {
    const from = random(bytes.length + 1);
    const part = bytes.subarray(from, from + 1 + random(32));
    const at = random(bytes.length + 1);
    return splice(bytes, at, at, part);
  },
  // The end of another input, or a word of the language.
  (bytes, random, others) => {
    const other = others[random(others.length)];
    if (other === undefined) return bytes;
    const at = random(bytes.length + 1);
    return splice(bytes, at, bytes.length, other.subarray(random(other.length + 1)));
  },
  (bytes, random, others) => {
    const other = others[random(others.length)];
    if (other === undefined) return bytes;
    const at = random(bytes.length + 1);
    return splice(bytes, at, at, other);
  },
];

const inputBytesMax = 4_096;

/** A copy of the input with a few changes. `others` are inputs and words to take parts of. */
export function mutate(input: Uint8Array, random: Random, others: readonly Buffer[]): Buffer {
  let bytes: Buffer = Buffer.from(input);
  for (let count = 1 + random(4); count > 0; count--) {
    bytes = (changes[random(changes.length)] as Change)(bytes, random, others);
  }
  return bytes.length > inputBytesMax ? Buffer.from(bytes.subarray(0, inputBytesMax)) : bytes;
}
