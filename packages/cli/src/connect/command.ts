import { createInterface } from "node:readline";
import { CliError, exitCodes, textOf } from "../errors.ts";
import { frameEntry, frameText, viewOf } from "../frames/describe.ts";
import { tappingAgent } from "../frames/tap.ts";
import { limits } from "../limits.ts";
import { makePrinter } from "../terminal/printer.ts";
import { lineOptions, targetFrom } from "./options.ts";
import { Prompt } from "./prompt.ts";
import { sayLine, trySayLine } from "./say.ts";
import { Session } from "./session.ts";
import type { LineOptions } from "../lines/line.ts";
import type { Dialect } from "../target.ts";
import type { Printer } from "../terminal/printer.ts";
import type { World } from "../terminal/world.ts";
import type { LineFlags } from "./options.ts";

export interface ConnectFlags extends LineFlags {
  /** With a pipe: go on listening after its end. */
  stay?: boolean;
}

export interface ListenFlags extends LineFlags {
  event?: string[];
  sse?: boolean;
}

/** What is no terminal is as wide as it likes. */
const pipeColumns = 100;

interface Run {
  readonly url: string;
  readonly flags: LineFlags;
  readonly events: string[] | undefined;
  readonly echo: boolean;
  readonly write: (line: string) => void;
}

/** `hawser connect`. Resolves with the exit code. */
export async function connect(world: World, url: string, flags: ConnectFlags): Promise<number> {
  const isInteractive = world.stdin.isTTY === true && world.stdout.isTTY === true && !flags.json;
  let prompt: Prompt | undefined;
  const write = (line: string): void => {
    if (prompt) prompt.print(line);
    else world.stdout.write(`${line}\n`);
  };
  const { session, dialect } = await makeSession(world, {
    url,
    flags,
    events: undefined,
    echo: flags.json === true && isInteractive,
    write,
  });
  if (isInteractive) {
    prompt = new Prompt(
      world,
      (line) => trySayLine(session, dialect, line, (help) => help.forEach(write)),
      (isInterrupt) => session.finish(isInterrupt ? "interrupted" : "ok"),
    );
    prompt.show();
  }
  await session.start();
  if (!isInteractive) feed(world, session, dialect, flags).catch((error) => session.fail(error));
  try {
    return exitCodes[await session.over];
  } finally {
    prompt?.close();
  }
}

/** `hawser listen`: the same without a way to speak. */
export async function listen(world: World, url: string, flags: ListenFlags): Promise<number> {
  const dialect = flags.sse ? "sse" : flags.dialect;
  const { session } = await makeSession(world, {
    url,
    flags: { ...flags, ...(dialect && { dialect }) },
    events: flags.event,
    echo: false,
    write: (line) => world.stdout.write(`${line}\n`),
  });
  await session.start();
  return exitCodes[await session.over];
}

async function makeSession(
  world: World,
  { url, flags, events, echo, write }: Run,
): Promise<{ session: Session; dialect: Dialect }> {
  const target = targetFrom(url, flags);
  const { dialect } = target;
  const printer = makePrinter({
    out: world.stdout,
    colours: world.colours,
    json: flags.json === true,
    echo,
    now: () => new Date(),
    write,
  });
  const plain = lineOptions(target, flags, world.env);
  const line = flags.frames ? await withFrames(plain, dialect, printer, world) : plain;
  const session = new Session({
    dialect,
    line,
    printer,
    events: events && events.length > 0 ? new Set(events) : undefined,
    count: flags.count,
    timeoutMs: flags.timeout,
    reconnects: flags.reconnect,
    retries: flags.retries,
  });
  world.interrupted.addEventListener("abort", () => session.finish("interrupted"));
  return { session, dialect };
}

/** The settings of a line whose frames are shown. */
async function withFrames(
  options: LineOptions,
  dialect: Dialect,
  printer: Printer,
  { colours, stdout }: World,
): Promise<LineOptions> {
  const decode = dialect === "msgpack" ? await msgpackText() : undefined;
  const agent = tappingAgent(/^(?:https|wss):$/.test(options.url.protocol), (direction, frame) => {
    const view = viewOf(direction, frame, dialect, decode);
    printer.frame(frameText(view, colours, stdout.columns ?? pipeColumns), frameEntry(view));
  });
  return {
    ...options,
    agent,
    onPolled: (direction, { type, data }) => {
      const isText = data === undefined || typeof data === "string";
      const view = {
        direction,
        opcode: "polling",
        bytes: isText ? Buffer.byteLength(data ?? "") + 1 : (data as Uint8Array).byteLength,
        layers: [type],
        body: isText ? data : undefined,
        binary: isText ? undefined : Buffer.from(data as Uint8Array),
      };
      printer.frame(frameText(view, colours, stdout.columns ?? pipeColumns), frameEntry(view));
    },
  };
}

async function msgpackText(): Promise<(bytes: Buffer) => string | undefined> {
  const { msgpackAsText } = await import("../frames/plain-frame.ts");
  return msgpackAsText;
}

/** Lines of a pipe, in order, once the line is open; then its end. */
async function feed(
  world: World,
  session: Session,
  dialect: Dialect,
  flags: ConnectFlags,
): Promise<void> {
  const lines = createInterface({ input: world.stdin, crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    await session.opened();
    await session.roomsAnswered();
    try {
      sayLine(session, dialect, line);
    } catch (error) {
      const reason = error instanceof CliError ? error.reason : "usage";
      throw new CliError(reason, `line ${number}: ${textOf(error)}`);
    }
    // What comes in has its turn, too.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await session.opened();
  await session.roomsAnswered();
  const isLate = await Promise.race([
    session.settled().then(() => false),
    new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(true), flags.timeout ?? limits.ackTimeoutMs).unref();
    }),
  ]);
  if (isLate || session.hasLostAcks) session.finish("timeout");
  else if (flags.count === undefined && !flags.stay) session.finish("ok");
}
