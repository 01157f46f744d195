// A client of the plain dialect as its specification has it, over npm ws: JSON, MessagePack or bare frames.
import { createRequire } from "node:module";
import { WebSocket } from "ws";
import { next, until, waitMs } from "./wait.ts";
import type { ClientOptions, RawData } from "ws";

/** How messages are written: "raw" are bare frames, without the dialect. */
export type PlainForm = "json" | "msgpack" | "raw";

/** A message, whichever way it goes: one verb and its companions. */
export type Plain = Record<string, unknown>;

export interface PlainClientOptions {
  form?: PlainForm;
  /** Path and query. */
  path?: string;
  /** In place of the form's own. */
  protocols?: string[];
  ws?: ClientOptions;
}

interface Codec {
  encode(value: unknown): Buffer;
  decode(bytes: Buffer): unknown;
}

// The codec of somebody else: one mistake in ours does not hide the other.
const fromParser = createRequire(
  createRequire(import.meta.url).resolve("socket.io-msgpack-parser"),
);
const msgpack = fromParser("notepack.io") as Codec;

const protocolsOf: Record<PlainForm, string[]> = {
  json: ["hawser.v1.json"],
  msgpack: ["hawser.v1.msgpack"],
  raw: [],
};

/** The only key of an object, when it has just one. */
function onlyKey(value: object): string {
  const keys = Object.keys(value);
  return keys.length === 1 ? keys[0]! : "";
}

/**
 * An object whose only key is `mark` stands for bytes; one with more dollars is an ordinary object, written with one more
 * than it has.
 */
export function readMarks(
  value: unknown,
  mark: string,
  bytesOf: (said: never) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item) => readMarks(item, mark, bytesOf));
  if (value === null || typeof value !== "object") return value;
  const key = onlyKey(value);
  if (key === mark) return bytesOf((value as Record<string, never>)[key]!);
  const isEscaped = key.startsWith("$$") && key.replace(/^\$+/, "$") === mark;
  const entries = Object.entries(value).map(([name, item]) => {
    return [isEscaped ? name.slice(1) : name, readMarks(item, mark, bytesOf)];
  });
  return Object.fromEntries(entries);
}

/** Takes bytes out, in the order of `frames`. */
function writeMarks(value: unknown, frames: Uint8Array[]): unknown {
  if (value instanceof Uint8Array) return { $binary: frames.push(value) - 1 };
  if (Array.isArray(value)) return value.map((item) => writeMarks(item, frames));
  if (value === null || typeof value !== "object") return value;
  const isMark = /^\$+binary$/.test(onlyKey(value));
  const entries = Object.entries(value).map(([name, item]) => {
    return [isMark ? `$${name}` : name, writeMarks(item, frames)];
  });
  return Object.fromEntries(entries);
}

/** A message whose frames have all come; without `data`, the arguments are the frames. */
function withBinaries(message: Plain, frames: readonly Buffer[]): Plain {
  const { binary: _, data, ...rest } = message;
  const read = (value: unknown): unknown => readMarks(value, "$binary", (n: number) => frames[n]);
  return { ...rest, data: data === undefined ? [...frames] : read(data) };
}

export class PlainClient {
  readonly form: PlainForm;
  readonly ws: WebSocket;
  /** Every message of the server, its binaries in their places; bare frames in the raw form. */
  readonly messages: Plain[] = [];
  readonly frames: (string | Buffer)[] = [];
  /** Set once the line has ended. */
  closed: { code: number; reason: string } | undefined;
  #awaiting: { message: Plain; frames: Buffer[] } | undefined;
  #acks = 0;
  #onMessage: ((message: Plain) => void) | undefined;

  constructor(
    url: string,
    { form = "json", path = "/hawser/ws", protocols, ws = {} }: PlainClientOptions = {},
  ) {
    this.form = form;
    const target = url.replace(/^http/, "ws") + path;
    this.ws = new WebSocket(target, protocols ?? protocolsOf[form], {
      perMessageDeflate: false,
      ...ws,
    });
    this.ws.on("message", (data, isBinary) => this.#receive(data, isBinary));
    this.ws.on("error", () => undefined);
    this.ws.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  /** An open line on which nothing has been said. */
  static async open(url: string, options: PlainClientOptions = {}): Promise<PlainClient> {
    const client = new PlainClient(url, options);
    await next(client.ws, "open");
    return client;
  }

  /** Connected to a namespace. */
  static async connected(
    url: string,
    connect: Plain = {},
    options: PlainClientOptions = {},
  ): Promise<PlainClient> {
    const client = await PlainClient.open(url, options);
    client.send({ connect });
    await client.said("connected");
    return client;
  }

  /** The id of the socket of the namespace that was entered last. */
  get id(): string {
    return this.last("connected")?.["id"] as string;
  }

  /** Called with each message as it comes. */
  set onMessage(listener: (message: Plain) => void) {
    this.#onMessage = listener;
  }

  send(message: Plain): void {
    if (this.form === "msgpack") {
      this.ws.send(msgpack.encode(message));
      return;
    }
    const frames: Uint8Array[] = [];
    const marked = writeMarks(message["data"], frames);
    const text =
      frames.length === 0 ? message : { ...message, data: marked, binary: frames.length };
    this.ws.send(JSON.stringify(text));
    for (const frame of frames) this.ws.send(frame, { binary: true });
  }

  emit(event: string, ...data: unknown[]): void {
    if (this.form === "raw") this.ws.send(data[0] as string | Buffer);
    else this.send({ event, data });
  }

  /** Emits, and resolves with the acknowledgement's arguments. */
  async ask(event: string, ...data: unknown[]): Promise<unknown[]> {
    const id = this.#acks++;
    this.send({ event, data, id });
    const answer = await this.message(`the answer to ${event}`, (it) => it["ack"] === id);
    return (answer["data"] ?? []) as unknown[];
  }

  /** The newest of those verbs, what it says. */
  last(verb: string): Plain | undefined {
    return this.messages.findLast((message) => verb in message)?.[verb] as Plain | undefined;
  }

  /** The first message, past or coming, for which `matches` holds. */
  async message(what: string, matches: (it: Plain) => boolean, ms = waitMs): Promise<Plain> {
    let found: Plain | undefined;
    await until(
      what,
      () => {
        found = this.messages.find(matches);
        return found !== undefined || this.closed !== undefined;
      },
      ms,
    );
    if (found === undefined) {
      throw new Error(`the line ended before: ${what}; ${JSON.stringify(this.closed)}`);
    }
    return found;
  }

  /** What the first message with this verb says, once it has come. */
  async said(verb: string): Promise<Plain> {
    return (await this.message(verb, (it) => verb in it))[verb] as Plain;
  }

  /** The arguments of every event of that name so far. */
  heard(event: string): unknown[][] {
    return this.messages
      .filter((message) => message["event"] === event)
      .map(({ data }) => (data ?? []) as unknown[]);
  }

  /** The error that comes next, after `skip` others. */
  async error(skip = 0): Promise<Plain> {
    await until(`error ${skip + 1}`, () => this.errors.length > skip || this.closed !== undefined);
    const error = this.errors[skip];
    if (error === undefined) throw new Error(`no error; ${JSON.stringify(this.closed)}`);
    return error;
  }

  get errors(): Plain[] {
    return this.messages
      .filter((it) => "error" in it && !("durable" in it))
      .map((it) => it["error"] as Plain);
  }

  /** The close code and reason, once the line has ended. */
  async ended(ms = waitMs): Promise<{ code: number; reason: string }> {
    await until("the line ends", () => this.closed !== undefined, ms);
    return this.closed as { code: number; reason: string };
  }

  /** All that was sent before has been read by the server when this resolves. */
  async settled(): Promise<void> {
    const token = `settled ${Math.random()}`;
    this.send({ ping: token });
    await this.message("pong", (it) => it["pong"] === token);
  }

  close(): void {
    this.ws.close();
  }

  #receive(data: RawData, isBinary: boolean): void {
    const bytes = data as Buffer;
    if (this.form === "raw") {
      this.frames.push(isBinary ? bytes : bytes.toString());
      return;
    }
    if (this.form === "msgpack") {
      this.#take(msgpack.decode(bytes) as Plain);
      return;
    }
    if (!isBinary) {
      const message = JSON.parse(bytes.toString()) as Plain;
      if (typeof message["binary"] === "number") this.#awaiting = { message, frames: [] };
      else this.#take(message);
      return;
    }
    const awaiting = this.#awaiting;
    if (awaiting === undefined) throw new Error("a binary frame that nothing announced");
    awaiting.frames.push(bytes);
    if (awaiting.frames.length < (awaiting.message["binary"] as number)) return;
    this.#awaiting = undefined;
    this.#take(withBinaries(awaiting.message, awaiting.frames));
  }

  #take(message: Plain): void {
    this.messages.push(message);
    this.#onMessage?.(message);
  }
}
