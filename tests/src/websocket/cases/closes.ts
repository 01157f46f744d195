// Autobahn's section 7: the close handshake.
import { answers, closing, notUtf8, protocolError, text } from "../case.ts";
import type { Case } from "../case.ts";
import { closeBody, op } from "../peer/frame.ts";
import type { FrameSpec } from "../peer/frame.ts";

const hello: FrameSpec = { opcode: op.text, payload: "Hello World!" };
const close: FrameSpec = { opcode: op.close, payload: closeBody(1000) };
const big = Buffer.alloc(256 * 1024, "BAsd7&jh23");
const ended = answers(1000);

const afterwards: Case[] = [
  {
    id: "7.1.1",
    title: "a message, then the close",
    send: [hello],
    strict: [text("Hello World!")],
    end: closing,
  },
  { id: "7.1.2", title: "two close frames", send: [close, close], strict: [], end: ended },
  {
    id: "7.1.3",
    title: "a ping after the close",
    send: [close, { opcode: op.ping }],
    strict: [],
    end: ended,
  },
  { id: "7.1.4", title: "a message after the close", send: [close, hello], strict: [], end: ended },
  {
    id: "7.1.5",
    title: "a close inside a fragmented message",
    send: [
      { opcode: op.text, payload: "fragment1", fin: false },
      close,
      { opcode: op.continuation, payload: "fragment2" },
    ],
    strict: [],
    end: ended,
  },
  {
    id: "7.1.6",
    title: "256 KiB, a close, a ping",
    send: [{ opcode: op.text, payload: big }, close, { opcode: op.ping }],
    strict: [text(big)],
    lenient: [[]],
    end: ended,
  },
  {
    id: "7.1.7",
    title: "what is no frame at all after the close",
    send: [close, { opcode: 15, rsv: 7, payload: "x" }],
    strict: [],
    end: ended,
  },
];

const bodies: Case[] = [
  {
    id: "7.3.1",
    title: "a close without a code",
    send: [{ opcode: op.close }],
    strict: [],
    end: answers(undefined, 1000),
  },
  {
    id: "7.3.2",
    title: "a close of one byte",
    send: [{ opcode: op.close, payload: "a" }],
    strict: [],
    end: protocolError,
  },
  { id: "7.3.3", title: "a close with a code", send: [close], strict: [], end: ended },
  {
    id: "7.3.4",
    title: "a close with a reason",
    send: [{ opcode: op.close, payload: closeBody(1000, "Hello World!") }],
    strict: [],
    end: ended,
  },
  {
    id: "7.3.5",
    title: "a close with a reason of 123 bytes",
    send: [{ opcode: op.close, payload: closeBody(1000, "*".repeat(123)) }],
    strict: [],
    end: ended,
  },
  {
    id: "7.3.6",
    title: "a close with a reason of 124 bytes",
    send: [{ opcode: op.close, payload: closeBody(1000, "*".repeat(124)) }],
    strict: [],
    end: protocolError,
  },
  {
    id: "7.5.1",
    title: "a close with a reason that is not UTF-8",
    send: [
      {
        opcode: op.close,
        payload: closeBody(1000, Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex")),
      },
    ],
    strict: [],
    end: notUtf8,
  },
  {
    id: "7.5.2",
    title: "a close with a reason that ends inside a character",
    send: [{ opcode: op.close, payload: closeBody(1000, Buffer.of(0x61, 0xe2, 0x82)) }],
    strict: [],
    end: notUtf8,
  },
];

const good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
/** Registered with IANA after the RFC. */
const registered = [1012, 1013, 1014];
const bad = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

const withCode = (id: string, code: number, valid: boolean, chop?: number): Case => ({
  id,
  title: `close code ${code}${chop === undefined ? "" : ", octet by octet"}`,
  send: [{ opcode: op.close, payload: closeBody(code) }],
  chop,
  strict: [],
  end: valid ? answers(code, 1000) : protocolError,
});

export const closes: Case[] = [
  ...afterwards,
  ...afterwards.map((one) => ({
    ...one,
    id: `${one.id}.1`,
    title: `${one.title}, frame by frame`,
    chop: "frames" as const,
  })),
  ...bodies,
  ...good.map((code, at) => withCode(`7.7.${at + 1}`, code, true)),
  ...registered.map((code, at) => withCode(`7.7.${good.length + at + 1}`, code, true)),
  ...bad.map((code, at) => withCode(`7.9.${at + 1}`, code, false)),
  ...[...good, ...registered].map((code, at) => withCode(`7.7.${at + 1}.1`, code, true, 1)),
  ...bad.map((code, at) => withCode(`7.9.${at + 1}.1`, code, false, 1)),
].map((one): Case => ({ ...one, lingers: true }));
