// Autobahn's section 6: valid and invalid UTF-8, found as soon as it can be known. The lists are generated from the
// definition of UTF-8 (Unicode, table 3-7), and each sequence travels whole, in fragments and in pieces of one octet.
import { closing, notUtf8, text } from "../case.ts";
import type { Case } from "../case.ts";
import { op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";
import { firstWrongOctet } from "./utf8-definition.ts";
import { sequences } from "./utf8-sequences.ts";

function fragments(bytes: Buffer, size: number, finished: boolean): FrameSpec[] {
  const count = Math.max(1, Math.ceil(bytes.length / size));
  return Array.from({ length: count }, (_, at) => ({
    opcode: at === 0 ? op.text : op.continuation,
    payload: bytes.subarray(at * size, (at + 1) * size),
    fin: finished && at === count - 1,
  }));
}

function valid(id: string, title: string, bytes: Buffer): Case[] {
  const whole: FrameSpec = { opcode: op.text, payload: bytes };
  const rest = { strict: [text(bytes)], end: closing };
  return [
    { id: `${id}.1`, title: `${title}, whole`, send: [whole], ...rest },
    {
      id: `${id}.2`,
      title: `${title}, in fragments of an octet`,
      send: fragments(bytes, 1, true),
      ...rest,
    },
    { id: `${id}.3`, title: `${title}, octet by octet`, send: [whole], chop: 1, ...rest },
  ];
}

/**
 * Nothing that comes behind the wrong octet is sent, so the subject has to fail by it alone: inside a message without
 * its last frame, and inside a frame without its last octets.
 */
function invalid(id: string, title: string, bytes: Buffer, wrongAt: number): Case[] {
  const rest = { strict: [], end: notUtf8 };
  const all: Case[] = [
    {
      id: `${id}.1`,
      title: `${title}, whole`,
      send: [{ opcode: op.text, payload: bytes }],
      ...rest,
    },
  ];
  // Wrong only because it ends.
  const isCut = wrongAt === bytes.length;
  const known = bytes.subarray(0, isCut ? wrongAt : wrongAt + 1);
  all.push({
    id: `${id}.2`,
    title: `${title}, in fragments of an octet${isCut ? "" : " up to the wrong one"}`,
    send: fragments(known, 1, isCut),
    chop: "frames",
    ...rest,
  });
  const said = isCut ? BigInt(known.length) : BigInt(bytes.length + 100);
  all.push({
    id: `${id}.3`,
    title: `${title}, octet by octet${isCut ? "" : " up to the wrong one"}`,
    send: [{ opcode: op.text, payload: known, saidLength: said }],
    chop: 1,
    ...rest,
  });
  return all;
}

function sequence(id: string, title: string, bytes: Buffer): Case[] {
  const wrongAt = firstWrongOctet(bytes);
  return wrongAt === -1 ? valid(id, title, bytes) : invalid(id, title, bytes, wrongAt);
}

const greek = Buffer.from("\u03ba\u1f79\u03c3\u03bc\u03b5");
const mixed = Buffer.from("Hello-µ@ßöäüàá-UTF-8!!");
const surrogate = Buffer.concat([greek, Buffer.of(0xed, 0xa0, 0x80), Buffer.from("edited")]);
const tooHigh = Buffer.concat([greek, Buffer.of(0xf4, 0x90, 0x80, 0x80), Buffer.from("edited")]);

const empties: Case[] = [
  {
    id: "6.1.1",
    title: "an empty text",
    send: [{ opcode: op.text }],
    strict: [text("")],
    end: closing,
  },
  {
    id: "6.1.2",
    title: "a text in three empty fragments",
    send: [{ opcode: op.text, fin: false }, { opcode: 0, fin: false }, { opcode: 0 }],
    strict: [text("")],
    end: closing,
  },
  {
    id: "6.1.3",
    title: "a text in three fragments of which the middle is not empty",
    send: [
      { opcode: op.text, fin: false },
      { opcode: 0, payload: "middle", fin: false },
      { opcode: 0 },
    ],
    strict: [text("middle")],
    end: closing,
  },
];

/** 6.4: the wrong octet is the last that is sent; before it comes a part of which nothing is wrong. */
const failFast: Case[] = [
  ["6.4.1", "in the second of three fragments", [greek, Buffer.of(0xf4, 0x90, 0x80, 0x80)]],
  [
    "6.4.2",
    "in the second of three fragments, cut before the wrong octet",
    [Buffer.concat([greek, Buffer.of(0xf4)]), Buffer.of(0x90)],
  ],
].map(([id, title, parts]) => ({
  id: id as string,
  title: `fails fast ${title as string}`,
  send: (parts as Buffer[]).map((payload, at) => ({
    opcode: at === 0 ? op.text : 0,
    payload,
    fin: false,
  })),
  chop: "frames",
  strict: [],
  end: notUtf8,
}));

const failFastInFrame: Case[] = [
  ["6.4.3", "with the wrong sequence", Buffer.concat([greek, Buffer.of(0xf4, 0x90, 0x80, 0x80)])],
  ["6.4.4", "with the wrong octet", Buffer.concat([greek, Buffer.of(0xf4, 0x90)])],
].map(([id, title, payload]) => ({
  id: id as string,
  title: `fails fast inside a frame that is not complete, ${title as string}`,
  send: [{ opcode: op.text, payload: payload as Buffer, saidLength: BigInt(tooHigh.length) }],
  chop: greek.length + 6,
  strict: [],
  end: notUtf8,
}));

export const utf8: Case[] = [
  ...empties,
  ...sequence("6.2.1", "two, three and four octets", mixed),
  {
    id: "6.2.2",
    title: "cut at a code point",
    send: fragments(mixed, 12, true),
    strict: [text(mixed)],
    end: closing,
  },
  ...sequence("6.2.4", "Greek", greek),
  ...sequence("6.3.1", "a surrogate in the middle", surrogate),
  ...failFast,
  ...failFastInFrame,
  ...sequences().flatMap(([id, title, bytes]) => sequence(id, title, bytes)),
];
