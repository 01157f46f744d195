// Autobahn's sections 9 and 10: large messages, many fragments, many pieces, many messages.
import { binary, closing, text } from "../case.ts";
import type { Case } from "../case.ts";
import { op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";

const kib = 1_024;
const mib = 1_024 * kib;

const kinds = [
  { name: "text", opcode: op.text, byte: 0x2a, told: text },
  { name: "binary", opcode: op.binary, byte: 0xfe, told: binary },
] as const;
type Kind = (typeof kinds)[number];

const large = new Map<string, Buffer>();
/** The same bytes for all cases that use them: some are of 16 MiB. */
function payloadOf(kind: Kind, bytes: number): Buffer {
  const key = `${kind.name} ${bytes}`;
  const known = large.get(key) ?? Buffer.alloc(bytes, kind.byte);
  large.set(key, known);
  return known;
}

/** As many fragments of that size as it takes. */
function fragmented(kind: Kind, bytes: number, size: number): FrameSpec[] {
  const payload = payloadOf(kind, bytes);
  const count = Math.ceil(bytes / size);
  return Array.from({ length: count }, (_, at) => ({
    opcode: at === 0 ? kind.opcode : op.continuation,
    payload: payload.subarray(at * size, (at + 1) * size),
    fin: at === count - 1,
  }));
}

function sized(kind: Kind, section: string, bytes: number, chop?: number): Case {
  const how = chop === undefined ? "" : ` in pieces of ${chop}`;
  return {
    id: section,
    title: `${kind.name} of ${bytes} bytes${how}`,
    send: [{ opcode: kind.opcode, payload: payloadOf(kind, bytes) }],
    chop,
    strict: [kind.told(payloadOf(kind, bytes))],
    end: closing,
  };
}

const wholeSizes = [64 * kib, 256 * kib, mib, 4 * mib, 8 * mib, 16 * mib];
const fragmentSizes = [64, 256, kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib, mib, 4 * mib];
const chopSizes = [64, 128, 256, 512, kib, 2 * kib];
const smallSizes = [0, 16, 64, 256, kib, 4 * kib];

export const limits: Case[] = kinds.flatMap((kind, second) => [
  ...wholeSizes.map((bytes, at) => sized(kind, `9.${1 + second}.${at + 1}`, bytes)),
  ...fragmentSizes.map((size, at): Case => ({
    id: `9.${3 + second}.${at + 1}`,
    title: `${kind.name} of 4 MiB in fragments of ${size} bytes`,
    send: fragmented(kind, 4 * mib, size),
    strict: [kind.told(payloadOf(kind, 4 * mib))],
    end: closing,
  })),
  ...chopSizes.map((chop, at) => sized(kind, `9.${5 + second}.${at + 1}`, mib, chop)),
  // Ours: as far as the sizes of pieces go.
  ...[64 * kib, 256 * kib, 2 * mib].map((chop, at) =>
    sized(kind, `9.${5 + second}.${7 + at}`, 4 * mib, chop),
  ),
  ...smallSizes.map((bytes, at): Case => ({
    id: `9.${7 + second}.${at + 1}`,
    title: `1,000 round trips of ${kind.name} of ${bytes} bytes`,
    send: [{ opcode: kind.opcode, payload: payloadOf(kind, bytes) }],
    rounds: 1_000,
    strict: Array.from({ length: 1_000 }, () => kind.told(payloadOf(kind, bytes))),
    end: closing,
  })),
]);

export const autoFragmentation: Case[] = [
  {
    id: "10.1.1",
    title: "a text of 65,536 bytes in fragments of 1,300",
    send: fragmented(kinds[0], 65_536, 1_300),
    strict: [text(payloadOf(kinds[0], 65_536))],
    end: closing,
  },
];
