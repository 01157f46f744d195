import { isDeepStrictEqual } from "node:util";
import { defaultPlainLimits } from "../src/limits.ts";
import type { PlainSaid } from "../src/plain/decoder.ts";
import { PlainDecoder } from "../src/plain/decoder.ts";
import { encodePlain } from "../src/plain/encoder.ts";
import { PlainError } from "../src/plain/errors.ts";
import { findJsonFault } from "../src/plain/json-fault.ts";
import type { PlainMessage } from "../src/plain/message.ts";
import { decodePlainMsgpack, encodePlainMsgpack } from "../src/plain/msgpack/codec.ts";
import { plainMessageOfSocketIo, plainOfSocketIo } from "../src/plain/splice.ts";
import { ProtocolError } from "../src/errors.ts";
import { SocketDecoder } from "../src/socket-decoder.ts";
import { PacketType } from "../src/socket-packet.ts";

type Note = (feature: string) => void;

const limits = { ...defaultPlainLimits, messageBytesMax: 2_000, depthMax: 12, binariesMax: 5 };
const roomy = { messageBytesMax: Infinity, depthMax: Infinity, binariesMax: Infinity };

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Runs a reader; what it throws has to be a PlainError whose place lies in the message. */
function attempt<T>(read: () => T, length: number, note: Note): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    const { code, at } = error;
    note(`error ${code} ${typeof at === "string" ? Math.min(at.split("/").length, 5) : typeof at}`);
    if (typeof at === "number") demand(at >= 0 && at <= length, `${code} at ${at} of ${length}`);
    if (typeof at === "string") demand(at === "" || at.startsWith("/"), `no pointer: ${at}`);
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Frames of one connection: texts and binaries, told apart by their first byte and ended by 0xff. */
function runJson(input: Buffer, from: keyof PlainSaid, note: Note): void {
  const decoder = new PlainDecoder(from, { limits });
  for (let start = 0; start < input.length;) {
    const found = input.indexOf(0xff, start);
    const end = found === -1 ? input.length : found;
    const frame = input.subarray(start, end);
    start = end + 1;
    const isBinary = frame[0] === 0xfe;
    const text = frame.toString("utf8");
    const wasInline = decoder.inline;
    const message = attempt<PlainMessage | undefined>(
      () => (isBinary ? decoder.decodeBinary(frame) : decoder.decodeText(text)),
      text.length,
      note,
    );
    demand(decoder.pendingBytes <= limits.messageBytesMax, "holds too much");
    demand(decoder.pending === decoder.pendingBytes > 0, "pending or not");
    if (!isBinary) checkFault(text);
    if (message !== undefined) {
      note(`${from} ${message.type} ${isBinary} ${wasInline}`);
      checkAgain(message, from, note);
    }
  }
}

function checkFault(text: string): void {
  const fault = findJsonFault(text, 0, Infinity);
  demand((fault === undefined) === isJson(text), `the parser disagrees about ${text}`);
}

/** What was read can be written in each form, and is read again as it was. */
function checkAgain(message: PlainMessage, from: keyof PlainSaid, note: Note): void {
  const { text, attachments } = encodePlain(message);
  const decoder = new PlainDecoder(from, { limits: roomy });
  let again = decoder.decodeText(text);
  for (const attachment of attachments) again = decoder.decodeBinary(attachment) as PlainMessage;
  demand(isDeepStrictEqual(shown(again), shown(message)), `another message: ${text}`);
  const inline = new PlainDecoder(from, { limits: roomy });
  inline.inline = true;
  const inlined = inline.decodeText(encodePlain(message, true).text);
  demand(isDeepStrictEqual(shown(inlined), shown(message)), `another message inline: ${text}`);
  if (/\\ud[89a-f]/i.test(text) || "base64" in message) return;
  const bytes = encodePlainMsgpack(message);
  const packed = attempt(
    () => decodePlainMsgpack<"client" | "server">(bytes, from, { ...defaultPlainLimits, ...roomy }),
    bytes.length,
    note,
  );
  demand(isDeepStrictEqual(shown(packed), shown(message)), `another message packed: ${text}`);
}

/** Without what is undefined, with plain bytes, and numbers as JSON writes them. */
function shown(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(shown);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, shown(item)]));
}

function runMsgpack(input: Buffer, from: keyof PlainSaid, note: Note): void {
  const message = attempt(
    () => decodePlainMsgpack<"client" | "server">(input, from, limits),
    input.length,
    note,
  );
  if (message === undefined) return;
  note(`packed ${from} ${message.type}`);
  checkAgain(message, from, note);
}

/** Every text that is an event or an acknowledgement of Socket.IO has a plain form that says the same. */
function runSplice(text: string, note: Note): void {
  const decoder = new SocketDecoder({ attachmentsMax: 5, jsonDepthMax: 100 });
  const attachments: Uint8Array[] = [];
  let packet;
  try {
    packet = decoder.decodeText(text);
    while (packet === undefined) {
      attachments.push(Uint8Array.of(attachments.length));
      packet = decoder.decodeBinary(attachments.at(-1)!);
    }
  } catch (error) {
    if (error instanceof ProtocolError) return;
    throw error;
  }
  const isEvent = packet.type === PacketType.EVENT;
  if (!isEvent && packet.type !== PacketType.ACK) return;
  const plain = plainOfSocketIo(text);
  const reader = new PlainDecoder("server", { limits: roomy });
  let message = reader.decodeText(plain);
  for (const attachment of attachments) message = reader.decodeBinary(attachment);
  const [name, ...rest] = packet.data as unknown[];
  const { nsp: namespace, id } = packet;
  const expected = isEvent
    ? { type: "event", namespace, event: String(name), data: rest, id }
    : { type: "ack", namespace, id, data: packet.data };
  note(`splice ${isEvent} ${attachments.length} ${plain.includes('"data"')}`);
  demand(isDeepStrictEqual(shown(message), shown(expected)), `spliced into ${plain}`);
  const made = plainMessageOfSocketIo(text, attachments);
  demand(isDeepStrictEqual(shown(made), shown(expected)), "made into another message");
}

const frame = Buffer.from([0xff, 0xfe, 0x61, 0x62]);
const seedTexts = [
  'c{"event":"chat","data":["hi",{"a":[1.5e3,true,null]}],"id":7,"namespace":"/a"}',
  'c{"connect":{"namespace":"/a","auth":{"token":"x"},"session":true,"binary":"base64"}}\xff{"event":"a","data":[{"$base64":"AQI="}]}',
  'c{"recover":{"session":"s","position":"e.1"}}',
  'c{"subscribe":["a","b"]}\xff{"unsubscribe":["a"]}\xff{"position":"e.1"}\xff{"disconnect":{}}',
  'c{"event":"a","durable":1,"again":true}\xff{"ping":"x"}\xff{"ack":7,"data":["ok"]}',
  's{"connected":{"id":"x","session":"s","position":"p","recovered":true,"accepted":1,"inFlight":2}}',
  's{"durable":1,"data":[]}\xff{"durable":1,"error":{"code":"X","message":"m"}}\xff{"durable":2,"retry":5}',
  's{"error":{"code":"X","message":"m","at":"/a","id":1}}\xff{"reset":{"reason":"epoch"}}\xff{"live":"p"}',
  'i2/a,12["name\\"",{"x":[1]}]',
  'i52-["a",{"_placeholder":true,"num":0},{"$binary":0},{"_placeholder":true,"num":1}]',
  "i31[]",
];

/** The first byte says what the rest is; see {@link seedTexts}. The shape is that of the fuzzer's targets. */
export const target = {
  name: "plain",
  seeds: [
    ...seedTexts.map((text) => Buffer.from(text, "latin1")),
    Buffer.concat([
      Buffer.from('c{"event":"a","data":[{"$binary":1},{"$$binary":0}],"binary":2}'),
      frame,
      frame,
    ]),
    Buffer.concat([
      Buffer.from("m"),
      encodePlainMsgpack({
        type: "event",
        event: "a",
        data: [1.5, -7, 1e12, { k: Buffer.of(1) }],
        id: 300,
      }),
    ]),
    Buffer.concat([
      Buffer.from("n"),
      encodePlainMsgpack({ type: "connected", id: "x", accepted: 70_000 }),
    ]),
  ] as readonly Buffer[],
  words: [
    '"event":',
    '"data":[',
    '"id":',
    '"namespace":"/',
    '"binary":1',
    '"durable":',
    '"ack":',
    '{"$binary":0}',
    '{"$base64":"AA=="}',
    '"__proto__":',
    "\\u0024",
    '"position":"',
    "51-[",
    "]}",
    '{"_placeholder":true,"num":0}',
    "ÿ",
    "þ",
    "Ï",
    "Ó",
    "Ë",
    "Ü",
    "Þ",
    "Ä",
  ].map((word) => Buffer.from(word, "latin1")) as readonly Buffer[],
  run(input: Buffer, note: Note): void {
    const rest = input.subarray(1);
    const kind = String.fromCharCode(input[0] ?? 0);
    if (kind === "m") runMsgpack(rest, "client", note);
    else if (kind === "n") runMsgpack(rest, "server", note);
    else if (kind === "s") runJson(rest, "server", note);
    else if (kind === "i") runSplice(rest.toString("utf8"), note);
    else runJson(rest, "client", note);
  },
};
