// Autobahn's sections 3 and 4: reserved bits and reserved opcodes, wherever they come.
import { pong, protocolError, text } from "../case.ts";
import type { Case } from "../case.ts";
import { op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";
import type { Happening } from "../peer/line.ts";

const hello = "Hello, world!";
const good: FrameSpec = { opcode: op.text, payload: hello };
const ping: FrameSpec = { opcode: op.ping };

interface Place {
  readonly title: string;
  readonly before: readonly FrameSpec[];
  readonly after: readonly FrameSpec[];
  readonly strict: readonly Happening[];
  readonly chop?: number | "frames";
}

const places: Place[] = [
  { title: "alone", before: [], after: [], strict: [] },
  {
    title: "behind a message, before a ping",
    before: [good],
    after: [ping],
    strict: [text(hello)],
  },
  {
    title: "behind a message, before a ping, frame by frame",
    before: [good],
    after: [ping],
    strict: [text(hello)],
    chop: "frames",
  },
  {
    title: "behind a message, before a ping, octet by octet",
    before: [good],
    after: [ping],
    strict: [text(hello)],
    chop: 1,
  },
  { title: "behind a ping", before: [ping], after: [good], strict: [pong()] },
  {
    title: "inside a fragmented message",
    before: [{ ...good, fin: false }],
    after: [{ opcode: op.continuation, payload: "more" }],
    strict: [],
  },
];

function at(id: string, what: string, wrong: FrameSpec): Case[] {
  return places.map((place, index) => ({
    id: `${id}.${index + 1}`,
    title: `${what}, ${place.title}`,
    send: [...place.before, wrong, ...place.after],
    chop: place.chop,
    strict: place.strict,
    end: protocolError,
  }));
}

const kinds: [string, FrameSpec][] = [
  ["text", good],
  ["binary", { opcode: op.binary, payload: hello }],
  ["ping", { opcode: op.ping, payload: hello }],
  ["pong", { opcode: op.pong, payload: hello }],
  ["close", { opcode: op.close }],
];

/** Autobahn takes one kind of frame for each combination; here each meets all. */
export const reservedBits: Case[] = [1, 2, 3, 4, 5, 6, 7].flatMap((rsv) =>
  kinds.flatMap(([kind, frame]) =>
    at(`3.${rsv}.${kind}`, `${kind} with RSV ${rsv}`, { ...frame, rsv }),
  ),
);

const reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

export const opcodes: Case[] = reserved.flatMap((opcode) =>
  ["", hello].flatMap((payload) =>
    at(
      `4.${opcode < 8 ? 1 : 2}.${opcode}${payload === "" ? "" : "p"}`,
      `opcode ${opcode}${payload === "" ? "" : " with payload"}`,
      { opcode, payload },
    ),
  ),
);
