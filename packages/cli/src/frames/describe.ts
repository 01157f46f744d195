import { limits } from "../limits.ts";
import { printable, textOfBytes } from "../terminal/values.ts";
import { hexDump } from "./hex-dump.ts";
import { layersOfEngineText } from "./socket-io-frame.ts";
import type { Colours } from "../terminal/colours.ts";
import type { Entry } from "../terminal/printer.ts";
import type { Dialect } from "../target.ts";
import type { WireFrame } from "./frame-reader.ts";

/** A frame, taken apart. */
export interface FrameView {
  readonly direction: "in" | "out";
  readonly opcode: string;
  readonly bytes: number;
  /** What is wrapped in what, from the outside: `["message", "EVENT #1"]`. */
  readonly layers: string[];
  /** What is inside, as text; undefined for bytes. */
  readonly body: string | undefined;
  readonly binary: Buffer | undefined;
}

const opcodes: Record<number, string> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

/** Takes a frame apart, layer by layer. `decodeMsgpack` says what a binary message of the plain dialect means. */
export function viewOf(
  direction: "in" | "out",
  frame: WireFrame,
  dialect: Dialect,
  decodeMsgpack?: (bytes: Buffer) => string | undefined,
): FrameView {
  const { opcode, payload, fin, rsv1 } = frame;
  const name = opcodes[opcode] ?? `opcode ${opcode}`;
  const flags = `${fin ? "" : " unfinished"}${rsv1 ? " compressed" : ""}`;
  const base = { direction, opcode: `${name}${flags}`, bytes: payload.length };
  const bare = { ...base, layers: [], body: undefined, binary: undefined };
  if (rsv1) return { ...bare, binary: payload };
  if (opcode === 8) return { ...bare, body: closeText(payload) };
  if (opcode >= 9)
    return payload.length === 0 ? bare : { ...bare, body: payload.toString("latin1") };
  const text = opcode === 1 || opcode === 0 ? textOfBytes(payload) : undefined;
  if (text === undefined) {
    const message = dialect === "msgpack" && fin ? decodeMsgpack?.(payload) : undefined;
    if (message === undefined) return { ...bare, binary: payload };
    return { ...bare, layers: [verbOf(message)], body: message };
  }
  // What is cut into pieces has its beginning in another frame.
  if (opcode === 0 || !fin) return { ...bare, body: text };
  if (dialect === "socket.io") return { ...base, binary: undefined, ...layersOfEngineText(text) };
  if (dialect === "plain") return { ...bare, layers: [verbOf(text)], body: text };
  return { ...bare, body: text };
}

function closeText(payload: Buffer): string {
  if (payload.length < 2) return "no code";
  return `${payload.readUInt16BE(0)} ${payload.toString("utf8", 2)}`.trim();
}

const verbs = new Set(
  "connect connected recover event ack subscribe subscribed unsubscribe unsubscribed position disconnect ping pong live reset durable error".split(
    " ",
  ),
);

function verbOf(text: string): string {
  try {
    const message = JSON.parse(text) as Record<string, unknown>;
    return Object.keys(message).find((it) => verbs.has(it)) ?? "no verb";
  } catch {
    return "malformed";
  }
}

/** `‹ text 23 B · message · EVENT #1  ["chat","hi"]`, and bytes below it. */
export function frameText(view: FrameView, c: Colours, columns: number): string {
  const { direction, opcode, bytes, layers, body, binary } = view;
  const arrow = direction === "in" ? c.cyan("‹") : c.yellow("›");
  const wire = c.dim(`${opcode} ${bytes} B`);
  const named = layers.map((it) => c.dim(" · ") + (it === "malformed" ? c.red(it) : c.magenta(it)));
  const inside = body === undefined || body === "" ? "" : `  ${shortened(printable(body))}`;
  const dump = binary === undefined ? [] : hexDump(binary, limits.shownBytes, columns);
  return [
    `${arrow} ${wire}${named.join("")}${inside}`,
    ...dump.map((it) => c.dim(`    ${it}`)),
  ].join("\n");
}

function shortened(text: string): string {
  const max = limits.shownCharacters;
  return text.length <= max ? text : `${text.slice(0, max)}… ${text.length - max} more`;
}

/** The same for `--json`; nothing is shortened. */
export function frameEntry({ direction, opcode, bytes, layers, body, binary }: FrameView): Entry {
  return {
    type: "frame",
    direction,
    opcode,
    bytes,
    layers,
    ...(body !== undefined && { body }),
    ...(binary !== undefined && { binary }),
  };
}
