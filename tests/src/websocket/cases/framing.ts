// Autobahn's section 1: messages of all sizes in one frame.
import { binary, closing, text } from "../case.ts";
import type { Case } from "../case.ts";
import { op } from "../peer/frame.ts";

const sizes: [bytes: number, chop?: number][] = [
  [0],
  [125],
  [126],
  [127],
  [128],
  [65_535],
  [65_536],
  [65_536, 997],
  // Ours: the header in pieces, for each of its lengths.
  [1, 1],
  [125, 1],
  [126, 1],
  [65_536, 3],
];

export const framing: Case[] = [true, false].flatMap((isText, kind) =>
  sizes.map(([bytes, chop], at): Case => {
    const payload = Buffer.alloc(bytes, isText ? 0x2a : 0xfe);
    return {
      id: `1.${kind + 1}.${at + 1}`,
      title: `${isText ? "text" : "binary"} of ${bytes} bytes${chop === undefined ? "" : ` in pieces of ${chop}`}`,
      send: [{ opcode: isText ? op.text : op.binary, payload }],
      chop,
      strict: [isText ? text(payload) : binary(payload)],
      end: closing,
    };
  }),
);
