// Autobahn's sections 12 and 13: permessage-deflate with every set of parameters, kinds and sizes of messages, fragmented
// or not.
import { op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";

/** What the peer asks for: Autobahn's 13.1 to 13.7. */
export interface ParameterSet {
  readonly id: string;
  readonly title: string;
  /** As client: the offer. */
  readonly offer: string;
  /** As server: the answer to an offer of `client_max_window_bits`. */
  readonly answer: string;
}

const open = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
const plain = "permessage-deflate";
const alone = "client_no_context_takeover";

export const parameterSets: ParameterSet[] = [
  { id: "13.1", title: "no wishes", offer: open, answer: plain },
  {
    id: "13.2",
    title: "no context takeover",
    offer: `${open}; server_no_context_takeover`,
    answer: `${plain}; ${alone}`,
  },
  {
    id: "13.3",
    title: "a window of 9 bits",
    offer: `${open}; server_max_window_bits=9`,
    answer: `${plain}; client_max_window_bits=9`,
  },
  {
    id: "13.4",
    title: "a window of 15 bits",
    offer: `${open}; server_max_window_bits=15`,
    answer: `${plain}; client_max_window_bits=15`,
  },
  {
    id: "13.5",
    title: "no context takeover, 9 bits",
    offer: `${open}; server_no_context_takeover; server_max_window_bits=9`,
    answer: `${plain}; ${alone}; client_max_window_bits=9`,
  },
  {
    id: "13.6",
    title: "no context takeover, 15 bits",
    offer: `${open}; server_no_context_takeover; server_max_window_bits=15`,
    answer: `${plain}; ${alone}; client_max_window_bits=15`,
  },
  {
    id: "13.7",
    title: "several offers; the server's side without context and with 9 bits",
    offer: [
      `${open}; server_no_context_takeover; server_max_window_bits=9`,
      `${open}; server_no_context_takeover`,
      open,
    ].join(", "),
    answer: `${plain}; server_no_context_takeover; ${alone}; server_max_window_bits=9; client_max_window_bits=9`,
  },
];

/** A small generator of random numbers (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

const words = "Im Anfang schuf Gott Himmel und Erde. Und die Erde war wüst und leer €😀 ".split(
  " ",
);

/** So much text that it can be cut to any number of bytes: the last characters are ASCII. */
function textOf(bytes: number, piece: (next: () => number) => string, seed: number): Buffer {
  const next = numbers(seed);
  let text = "";
  let length = 0;
  for (;;) {
    const more = piece(next);
    const size = Buffer.byteLength(more);
    if (length + size > bytes) return Buffer.from(text.padEnd(text.length + bytes - length, "."));
    text += more;
    length += size;
  }
}

export interface PayloadKind {
  readonly id: string;
  readonly title: string;
  readonly opcode: number;
  make(bytes: number, seed: number): Buffer;
}

/** Autobahn takes files: a large JSON document, an image, prose. These are of the same nature. */
export const payloadKinds: PayloadKind[] = [
  {
    id: "12.1",
    title: "JSON",
    opcode: op.text,
    make: (bytes, seed) =>
      textOf(
        bytes,
        (next) => `{"id":${next() % 10_000},"name":"node ${next() % 100}","on":true},`,
        seed,
      ),
  },
  {
    id: "12.2",
    title: "an image",
    opcode: op.binary,
    make: (bytes, seed) => {
      const next = numbers(seed);
      return Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => (at >> 3) + (next() & 7)));
    },
  },
  {
    id: "12.3",
    title: "prose",
    opcode: op.text,
    make: (bytes, seed) => textOf(bytes, (next) => `${words[next() % words.length]} `, seed),
  },
  {
    id: "12.4",
    title: "one character",
    opcode: op.text,
    make: (bytes) => Buffer.alloc(bytes, "*"),
  },
  {
    id: "12.5",
    title: "noise",
    opcode: op.binary,
    make: (bytes, seed) => {
      const next = numbers(seed);
      return Buffer.from(Uint8Array.from({ length: bytes }, next));
    },
  },
];

const kib = 1_024;
/** Bytes of a message, and of a fragment; 0 for one frame. */
export const sizes: [message: number, fragment: number][] = [
  ...[16, 64, 256, kib, 4 * kib, 8 * kib, 16 * kib, 32 * kib, 64 * kib, 128 * kib].map(
    (bytes): [number, number] => [bytes, 0],
  ),
  ...[8 * kib, 16 * kib, 32 * kib, 64 * kib, 128 * kib].map((bytes): [number, number] => [
    bytes,
    256,
  ]),
  [128 * kib, kib],
  [128 * kib, 4 * kib],
  [128 * kib, 32 * kib],
];

/** The frames of a message that was compressed. */
export function compressedFrames(opcode: number, deflated: Buffer, fragment: number): FrameSpec[] {
  const size = fragment === 0 ? Math.max(1, deflated.length) : fragment;
  const count = Math.max(1, Math.ceil(deflated.length / size));
  return Array.from({ length: count }, (_, at) => ({
    opcode: at === 0 ? opcode : op.continuation,
    rsv: at === 0 ? 4 : 0,
    payload: deflated.subarray(at * size, (at + 1) * size),
    fin: at === count - 1,
  }));
}
