// Autobahn's section 2: pings and pongs.
import { closing, pong, protocolError } from "../case.ts";
import type { Case } from "../case.ts";
import { op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";

const ping = (payload: string | Uint8Array = ""): FrameSpec => ({ opcode: op.ping, payload });
const unasked = (payload = ""): FrameSpec => ({ opcode: op.pong, payload });

const bytes = Buffer.of(0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff);
const long = Buffer.alloc(125, 0xfe);
const ten = Array.from({ length: 10 }, (_, at) => `payload-${at}`);
const hundred = Array.from({ length: 100 }, (_, at) => `payload-${at}`);

const list: [title: string, send: FrameSpec[], answers: (string | Buffer)[], chop?: number][] = [
  ["a ping without payload", [ping()], [""]],
  ["a ping with text", [ping("Hello, world!")], ["Hello, world!"]],
  ["a ping with bytes that are not UTF-8", [ping(bytes)], [bytes]],
  ["a ping of 125 bytes", [ping(long)], [long]],
  ["a ping of 126 bytes", [ping(Buffer.alloc(126, 0xfe)), ping("x")], []],
  ["a ping of 125 bytes, octet by octet", [ping(long)], [long], 1],
  ["a pong that nobody asked for, empty", [unasked()], []],
  ["a pong that nobody asked for", [unasked("unsolicited pong payload")], []],
  [
    "a pong that nobody asked for, then a ping",
    [unasked("unsolicited pong payload"), ping("ping payload")],
    ["ping payload"],
  ],
  ["10 pings", ten.map(ping), ten],
  ["10 pings, octet by octet", ten.map(ping), ten, 1],
  // Ours.
  ["100 pings in one write", hundred.map(ping), hundred],
  ["a ping of one byte", [ping("x")], ["x"]],
  ["a pong of 126 bytes", [{ opcode: op.pong, payload: Buffer.alloc(126) }], []],
  [
    "a ping that announces 2^40 bytes",
    [{ opcode: op.ping, payload: "x", saidLength: 1n << 40n }],
    [],
  ],
];
const wrong = new Set([5, 14, 15]);

export const pings: Case[] = list.map(([title, send, answers, chop], at): Case => ({
  id: `2.${at + 1}`,
  title,
  send,
  chop,
  strict: answers.map(pong),
  end: wrong.has(at + 1) ? protocolError : closing,
}));
