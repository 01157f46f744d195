import { randomUUID } from "node:crypto";
import { lineOptions, targetFrom } from "../connect/options.ts";
import { CliError, exitCodes, textOf } from "../errors.ts";
import { limits } from "../limits.ts";
import { makeLine } from "../lines/make-line.ts";
import { parseLine } from "../terminal/input-line.ts";
import { toJson, withoutBytes } from "../terminal/values.ts";
import type { LineFlags } from "../connect/options.ts";
import type { ExitReason } from "../errors.ts";
import type { Line, Loss } from "../lines/line.ts";
import type { World } from "../terminal/world.ts";

export interface PublishFlags extends LineFlags {
  key?: string;
  user?: string;
  toSocket?: string;
  all?: boolean;
  except?: string[];
  durable?: boolean;
  volatile?: boolean;
  idempotencyKey?: string;
  socket?: boolean;
  ack?: boolean;
}

interface Saying {
  readonly event: string;
  readonly data: unknown[];
}

/** `hawser publish`. Resolves with the exit code. */
export async function publish(
  world: World,
  url: string,
  words: string[],
  flags: PublishFlags,
): Promise<number> {
  const saying = sayingOf(words);
  return flags.socket
    ? throughSocket(world, url, saying, flags)
    : overHttp(world, url, saying, flags);
}

/** The event and its arguments, as at the prompt; a shell has taken the quotes of a word. */
function sayingOf([event, ...words]: string[]): Saying {
  if (event === undefined) throw new CliError("usage", "an event's name is missing");
  const data = words.map((word) => {
    const parsed = parseLine(`it ${word}`);
    if (parsed.type === "emit" && parsed.data.length === 1) return parsed.data[0];
    if (/^\s*[[{]/.test(word)) throw new CliError("usage", `${word} is not JSON`);
    return word;
  });
  return { event, data };
}

async function overHttp(
  world: World,
  text: string,
  saying: Saying,
  flags: PublishFlags,
): Promise<number> {
  const { url } = targetFrom(text, { dialect: "socket.io" });
  if (url.pathname === "/") url.pathname = "/hawser/publish";
  const key = flags.key ?? world.env["HAWSER_KEY"];
  const request = {
    ...(flags.namespace !== "/" && { namespace: flags.namespace }),
    ...targetFields(flags),
    event: saying.event,
    data: withoutBytes(saying.data),
    ...(hasBytes(saying.data) && { binary: "base64" }),
    ...(flags.except && { except: flags.except }),
    ...(flags.durable && { durable: true }),
    ...(flags.volatile && { volatile: true }),
  };
  const response = await post(url, key, flags, request);
  const body = await response.text();
  if (response.ok) {
    world.stdout.write(
      flags.json ? `${body.trim()}\n` : `${world.colours.green("published")} ${body.trim()}\n`,
    );
    return exitCodes.ok;
  }
  const reason = response.status >= 500 ? "lost" : "refused";
  throw new CliError(
    reason,
    `HTTP ${response.status}: ${body.slice(0, 1_000).trim()}`,
    hintFor(response.status, key),
  );
}

function targetFields({ room = [], user, toSocket, all }: PublishFlags): Record<string, unknown> {
  const ways = [room.length > 0, user !== undefined, toSocket !== undefined, all === true];
  if (ways.filter(Boolean).length !== 1) {
    throw new CliError("usage", "to whom? exactly one of --room, --user, --to-socket and --all");
  }
  if (user !== undefined) return { user };
  if (toSocket !== undefined) return { socket: toSocket };
  if (all) return { all: true };
  return room.length === 1 ? { room: room[0] } : { rooms: room };
}

/** Whether there is binary among it. */
function hasBytes(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasBytes);
}

async function post(
  url: URL,
  key: string | undefined,
  flags: PublishFlags,
  request: object,
): Promise<Response> {
  const headers = {
    "Content-Type": "application/json",
    // The same words said again by a script that was cut off are not the same message: only who asks for it gets that.
    "Idempotency-Key": flags.idempotencyKey ?? randomUUID(),
    ...(key !== undefined && { Authorization: `Bearer ${key}` }),
  };
  try {
    return await fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify(request),
      redirect: "error",
      signal: AbortSignal.timeout(flags.timeout ?? limits.connectTimeoutMs),
    });
  } catch (error) {
    throw new CliError("lost", `no answer from ${url.host}: ${textOf(error)}`);
  }
}

function hintFor(status: number, key: string | undefined): string | undefined {
  if (status === 404) return "The server needs its option `publish`.";
  if (status === 401 && key === undefined) return "Give --key, or set HAWSER_KEY.";
  return undefined;
}

/** As a client would say it. */
async function throughSocket(
  world: World,
  url: string,
  saying: Saying,
  flags: PublishFlags,
): Promise<number> {
  const target = targetFrom(url, flags);
  let line: Line | undefined;
  const reason = await new Promise<ExitReason>((resolve, reject) => {
    const late = setTimeout(() => resolve("timeout"), flags.timeout ?? limits.connectTimeoutMs);
    late.unref();
    const handler = {
      onOpen: (): void => {
        if (!flags.ack) {
          line!.emit(saying.event, saying.data);
          resolve("ok");
          return;
        }
        line!.emit(saying.event, saying.data, (answer) => {
          world.stdout.write(`${toJson(answer)}\n`);
          resolve("ok");
        });
      },
      onEvent: (): void => undefined,
      onNotice: (_type: string, text: string, _fields: object, isBad = false): void => {
        if (isBad) reject(new CliError("refused", text));
      },
      onLoss: ({ reason: why, refused }: Loss): void =>
        reject(new CliError(refused ? "refused" : "lost", why)),
    };
    makeLine(target.dialect, lineOptions(target, flags, world.env), handler).then((made) => {
      line = made;
      made.open();
    }, reject);
  });
  await line?.close();
  return exitCodes[reason];
}
