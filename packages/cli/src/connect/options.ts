import { InvalidArgumentError, Option } from "commander";
import { dialects, targetOf } from "../target.ts";
import { objectOption } from "../terminal/values.ts";
import type { Command } from "commander";
import type { LineOptions } from "../lines/line.ts";
import type { Dialect, Target } from "../target.ts";

/** The options of a line, as commander gives them. */
export interface LineFlags {
  dialect?: Dialect;
  raw?: boolean;
  plain?: boolean;
  msgpack?: boolean;
  auth?: string;
  token?: string;
  namespace: string;
  header?: string[];
  room?: string[];
  session?: boolean;
  transport?: string;
  protocol?: string[];
  insecure?: boolean;
  json?: boolean;
  frames?: boolean;
  count?: number;
  timeout?: number;
  reconnect: boolean;
  retries?: number;
}

/** A whole number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It is to be a whole number above 0.");
}

/** A port; 0 is any. */
export function portNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError("It is to be a port, 0 to 65535.");
}

/** A time: `10`, `10s`, `500ms`, `2m`; a bare number is seconds. In ms. */
export function duration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const ms = Number(parts?.[1]) * (units[parts?.[2] ?? "s"] ?? Number.NaN);
  if (ms > 0) return Math.round(ms);
  throw new InvalidArgumentError('It is to be a time such as "10s", "500ms" or "2m".');
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** What says where and as whom to connect. */
export function addTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--dialect <name>", "speak this, whatever the address says").choices(dialects),
    )
    .option("--raw", "a bare WebSocket (--dialect raw)")
    .option("--plain", "the plain dialect, as JSON (--dialect plain)")
    .option("--msgpack", "the plain dialect, as MessagePack (--dialect msgpack)")
    .option("--auth <json>", "credentials: a JSON object")
    .option("--token <token>", "a token: auth.token, and Authorization: Bearer (or HAWSER_TOKEN)")
    .option("-n, --namespace <name>", "the namespace", "/")
    .option("-H, --header <name: value>", "a header of the request (repeatable)", collect)
    .option(
      "--transport <names>",
      "Socket.IO: websocket, polling, or both in an order (websocket,polling)",
    )
    .option("--protocol <name>", "a WebSocket subprotocol to offer (repeatable)", collect)
    .option("-k, --insecure", "accept any certificate");
}

/** What says what is heard and how it is printed. */
export function addHearingOptions(command: Command): Command {
  return command
    .option("-r, --room <name>", "subscribe to a room (repeatable)", collect)
    .option("--session", "be given what was missed after a lost line (durable delivery)")
    .option("--json", "print one JSON object per line")
    .option("--frames", "show every frame, in both directions and layer by layer")
    .option("--count <n>", "end after so many events", positive)
    .option("--timeout <time>", "end after this time, with code 4 (10s, 500ms, 2m)", duration)
    .option("--no-reconnect", "end when the line is lost")
    .option("--retries <n>", "attempts to (re)connect before giving up", positive);
}

export function targetFrom(url: string, flags: Partial<LineFlags>): Target {
  const named =
    flags.dialect ??
    (flags.raw ? "raw" : flags.msgpack ? "msgpack" : flags.plain ? "plain" : undefined);
  return targetOf(url, named);
}

/** The settings of the line. @throws CliError */
export function lineOptions(
  { url }: Target,
  flags: Partial<LineFlags>,
  env: NodeJS.ProcessEnv,
): LineOptions {
  return {
    url,
    namespace: `/${(flags.namespace ?? "/").replace(/^\//, "")}`,
    auth: flags.auth === undefined ? undefined : objectOption("--auth", flags.auth),
    token: flags.token ?? env["HAWSER_TOKEN"],
    headers: headersOf(flags.header ?? []),
    rooms: flags.room ?? [],
    session: flags.session ?? false,
    insecure: flags.insecure ?? false,
    transports: flags.transport?.split(",").map((it) => it.trim()),
    protocols: flags.protocol ?? [],
    agent: undefined,
    onPolled: undefined,
  };
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new InvalidArgumentError(`${JSON.stringify(line)} is not "Name: value"`);
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return headers;
}
