// Autobahn's section 5: fragmented messages, and what may come between the fragments.
import { binary, closing, pong, protocolError, text } from "../case.ts";
import type { Case, End } from "../case.ts";
import { op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";
import type { Happening } from "../peer/line.ts";

const start = (payload: string, opcode: number = op.text): FrameSpec => ({
  opcode,
  payload,
  fin: false,
});
const more = (payload: string): FrameSpec => ({ opcode: op.continuation, payload, fin: false });
const last = (payload: string): FrameSpec => ({ opcode: op.continuation, payload });
const ping = (payload: string): FrameSpec => ({ opcode: op.ping, payload });
const whole = (payload: string): FrameSpec => ({ opcode: op.text, payload });

type Row = [id: string, title: string, send: FrameSpec[], strict: Happening[], end: End];

const both = [start("fragment1"), last("fragment2")];
const pinged = [start("fragment1"), ping("ping payload"), last("fragment2")];
const joined = text("fragment1fragment2");
const nothingBefore = [last("non-continuation payload"), whole("Hello, world!")];
const openNothing = [more("non-continuation payload"), whole("Hello, world!")];
const five = [
  start("fragment1"),
  more("fragment2"),
  ping("pongme 1!"),
  more("fragment3"),
  more("fragment4"),
  ping("pongme 2!"),
  last("fragment5"),
];
const fivePongs = [pong("pongme 1!"), pong("pongme 2!")];
const fiveJoined = text("fragment1fragment2fragment3fragment4fragment5");

/** How a stream travels: Autobahn's three ways, each its own case there. */
const ways: [string, number | "frames" | undefined][] = [
  ["in one write", undefined],
  ["frame by frame", "frames"],
  ["octet by octet", 1],
];

const inEachWay: Row[] = [
  ["5.3–5", "a text in two fragments", both, [joined], closing],
  ["5.6–8", "a ping between two fragments", pinged, [pong("ping payload"), joined], closing],
  ["5.9–11", "a last continuation of nothing, then a text", nothingBefore, [], protocolError],
  ["5.12–14", "a continuation of nothing, then a text", openNothing, [], protocolError],
  [
    "5.15",
    "a text in two fragments, a continuation of nothing, a text",
    [...both, more("fragment3"), whole("fragment4")],
    [joined],
    protocolError,
  ],
  [
    "5.16",
    "twice: a continuation of nothing, then a text in two fragments",
    [...openNothing.slice(0, 1), ...both, ...openNothing.slice(0, 1), ...both],
    [],
    protocolError,
  ],
  [
    "5.17",
    "twice: a last continuation of nothing, then a text in two fragments",
    [...nothingBefore.slice(0, 1), ...both, ...nothingBefore.slice(0, 1), ...both],
    [],
    protocolError,
  ],
  [
    "5.18",
    "a text that starts inside a text",
    [start("fragment1"), whole("fragment2")],
    [],
    protocolError,
  ],
  ["5.19–20", "five fragments with two pings between", five, [...fivePongs, fiveJoined], closing],
  // Ours.
  [
    "5.21",
    "a binary message in three fragments, of which two are empty",
    [start("", op.binary), more(""), last("end")],
    [binary("end")],
    closing,
  ],
  [
    "5.22",
    "a binary that starts inside a text",
    [start("a"), start("b", op.binary)],
    [],
    protocolError,
  ],
  [
    "5.23",
    "a pong between fragments",
    [start("a"), { opcode: op.pong, payload: "p" }, last("b")],
    [text("ab")],
    closing,
  ],
  [
    "5.24",
    "a thousand empty fragments",
    [start("a"), ...Array.from({ length: 1_000 }, () => more("")), last("b")],
    [text("ab")],
    closing,
  ],
];

const fragmentedControl: Case[] = [
  ["5.1", op.ping],
  ["5.2", op.pong],
].map(([id, opcode]) => ({
  id: String(id),
  title: `a ${opcode === op.ping ? "ping" : "pong"} in two fragments`,
  send: [{ opcode: Number(opcode), payload: "fragment1", fin: false }, last("fragment2")],
  strict: [],
  end: protocolError,
}));

export const fragmentation: Case[] = [
  ...fragmentedControl,
  ...inEachWay.flatMap(([id, title, send, strict, end]) =>
    ways.map(([how, chop], at): Case => ({
      id: `${id}.${at + 1}`,
      title: `${title}, ${how}`,
      send,
      strict,
      end,
      chop,
    })),
  ),
];
