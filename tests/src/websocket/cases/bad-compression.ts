// Ours: what Autobahn does not look at of permessage-deflate. Peers that lie, bombs, and rare but right ways to compress.
import { constants, deflateRawSync } from "node:zlib";
import { binary, closing, fails, notUtf8, protocolError, text } from "../case.ts";
import type { Case } from "../case.ts";
import { op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";

const sync = { finishFlush: constants.Z_SYNC_FLUSH };
const squeeze = (data: string | Uint8Array, options: object = {}): Buffer =>
  deflateRawSync(data, { ...sync, ...options }).subarray(0, -4);

const packed = (payload: Uint8Array, more: Partial<FrameSpec> = {}): FrameSpec => ({
  opcode: op.text,
  rsv: 4,
  payload,
  ...more,
});
const hello = "Hello, hello, hello!";
const squeezed = squeeze(hello);
/** A block that is not compressed: RFC 7692, section 7.2.3.3. */
const stored = Buffer.concat([
  Buffer.of(0x00, hello.length, 0x00, 0xff - hello.length, 0xff),
  Buffer.from(hello),
  Buffer.of(0x00),
]);
/** A block that says that it is the last: section 7.2.3.4. */
const final = Buffer.concat([deflateRawSync(hello), Buffer.of(0x00)]);
/** Two blocks in one message: section 7.2.3.5. */
const twoBlocks = Buffer.concat([deflateRawSync("Hello, ", sync), squeeze("hello, hello!")]);
/** Refers back by 30,000 bytes to what was never sent. */
const farBack = squeeze("far and away ".repeat(4), {
  dictionary: Buffer.from("far and away".padEnd(30_000)),
});
const garbage = Buffer.of(0xff, 0xff, 0xff, 0xff, 0x07);

/** More than compression.test.ts allows to the subject. */
const tooMuch = squeeze(Buffer.alloc(40 * 1_048_576));
const notText = squeeze(Buffer.of(0x61, 0xed, 0xa0, 0x80));
const cutText = squeeze(Buffer.of(0x61, 0xe2, 0x82));

const toldOnce = { strict: [text(hello)], end: closing };
const refused = (end: Case["end"]): Pick<Case, "strict" | "end"> => ({ strict: [], end });

/** Wrong data ends the line with 1007: the RFC names no code, and it is what peers send. */
const notDeflate = fails(1007, 1002);

type Row = [title: string, send: FrameSpec[], Pick<Case, "strict" | "end">, chop?: number];

const rows: Row[] = [
  ["a compressed message, octet by octet", [packed(squeezed)], toldOnce, 1],
  [
    "fragments of an octet",
    Array.from(squeezed, (byte, at) => ({
      opcode: at === 0 ? op.text : 0,
      rsv: at === 0 ? 4 : 0,
      payload: Buffer.of(byte),
      fin: at === squeezed.length - 1,
    })),
    toldOnce,
  ],
  ["a stored block", [packed(stored)], toldOnce],
  ["a block that says it is the last", [packed(final)], toldOnce],
  [
    "messages behind a block that says it is the last",
    [packed(final), packed(final), packed(stored)],
    { strict: [text(hello), text(hello), text(hello)], end: closing },
  ],
  ["two blocks", [packed(twoBlocks)], toldOnce],
  ["an empty message", [packed(Buffer.of(0x00))], { strict: [text("")], end: closing }],
  [
    "an empty message of no octets",
    [packed(Buffer.alloc(0))],
    { strict: [text("")], end: closing },
  ],
  [
    "an empty binary message, then a message",
    [packed(Buffer.of(0x00), { opcode: op.binary }), packed(stored)],
    { strict: [binary(""), text(hello)], end: closing },
  ],
  ["garbage", [packed(garbage)], refused(notDeflate)],
  [
    "garbage behind a message",
    [packed(stored), packed(garbage)],
    { strict: [text(hello)], end: notDeflate },
  ],
  ["a reference to what was never sent", [packed(farBack)], refused(notDeflate)],
  ["text that is not UTF-8", [packed(notText)], refused(notUtf8)],
  ["text that ends inside a character", [packed(cutText)], refused(notUtf8)],
  ["a bomb: 40 MiB in 40 kB", [packed(tooMuch, { opcode: op.binary })], refused(fails(1009))],
  [
    "a bomb in fragments",
    [
      packed(tooMuch.subarray(0, 10_000), { fin: false }),
      { opcode: 0, payload: tooMuch.subarray(10_000, 20_000), fin: false },
      { opcode: 0, payload: tooMuch.subarray(20_000) },
    ],
    refused(fails(1009)),
  ],
  [
    "RSV1 on a continuation",
    [packed(squeezed.subarray(0, 4), { fin: false }), packed(squeezed.subarray(4), { opcode: 0 })],
    refused(protocolError),
  ],
  ["RSV1 on a ping", [packed(Buffer.alloc(0), { opcode: op.ping })], refused(protocolError)],
  ["RSV1 on a close", [packed(Buffer.of(3, 232), { opcode: op.close })], refused(protocolError)],
  ["RSV1 and RSV2", [packed(squeezed, { rsv: 6 })], refused(protocolError)],
  ["RSV3", [packed(squeezed, { rsv: 1 })], refused(protocolError)],
];

export const badCompression: Case[] = rows.map(([title, send, rest, chop], at): Case => ({
  id: `14.${at + 1}`,
  title,
  send,
  chop,
  ...rest,
}));
