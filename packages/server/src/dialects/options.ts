import { ServerError } from "../errors.ts";
import { defaultPlainLimits } from "./limits.ts";
import type { Room } from "../adapter/types.ts";
import type { AnySocket } from "../erased.ts";
import type { PlainLimits } from "./limits.ts";

/**
 * Says whether a client may subscribe to a room by its own wish. `socket` has passed the middlewares, so that its `data` and
 * `handshake.auth` can be asked.
 * @example
 * subscribe: (socket, room) => room.startsWith("public:") || room === `user:${socket.data.name}`
 */
export type SubscribePermission = (socket: AnySocket, room: Room) => boolean | Promise<boolean>;

/** What a frame of a raw client is: an event with its arguments; undefined: not to be heard. */
export type RawDecode = (
  data: string | Buffer,
  socket: AnySocket,
) => readonly [event: string, ...args: unknown[]] | undefined;

/** What a raw client is sent for an event; undefined: nothing. */
export type RawEncode = (
  event: string,
  args: readonly unknown[],
) => string | Uint8Array | undefined;

/** Settings of one path for clients with a plain WebSocket. */
export interface PlainOptions {
  /** The path, exactly. Default `/hawser/ws`. */
  path?: string | undefined;
  /**
   * `"events"`: the plain dialect, of which `docs/protocol/plain.md` is the specification. `"raw"`: bare frames, for a protocol
   * that is there already. Default `"events"`.
   */
  mode?: "events" | "raw" | undefined;
  /** Raw: the namespace that clients of this path enter. Default `/`. */
  namespace?: string | undefined;
  /** Raw: the event that a frame is. Default: `message`, with a string or a Buffer. */
  decode?: RawDecode | undefined;
  /**
   * Raw: the frame of an event. A `message` with one string or binary is sent as it is without asking; without `encode` no other
   * event is sent.
   */
  encode?: RawEncode | undefined;
  /** Bounds of each client of this path. */
  limits?: Partial<PlainLimits> | undefined;
}

/** Settings of Server-Sent Events. */
export interface SseOptions {
  /** The path, exactly. Default `/hawser/sse`. */
  path?: string | undefined;
}

/** The settings of one path, complete. */
export interface ResolvedPlain {
  readonly path: string;
  readonly mode: "events" | "raw";
  readonly namespace: string;
  readonly decode: RawDecode | undefined;
  readonly encode: RawEncode | undefined;
  readonly limits: PlainLimits;
}

export interface ResolvedSse {
  readonly path: string;
}

/** What the dialects read of the server's options. */
export interface DialectOptions {
  /** Clients with a plain WebSocket: `true` for the plain dialect at `/hawser/ws`, or one or several paths. Default off. */
  plain?: boolean | PlainOptions | PlainOptions[] | undefined;
  /** Server-Sent Events: `true` for `/hawser/sse`. Default off. */
  sse?: boolean | SseOptions | undefined;
  /** Who may subscribe to what, for plain clients and Server-Sent Events. Default: nobody to nothing. */
  subscribe?: SubscribePermission | undefined;
}

const plainNames = ["path", "mode", "namespace", "decode", "encode", "limits"];
const sseNames = ["path"];
const pathPattern = /^\/[^?#\s]*$/;

/**
 * The paths of plain clients; none while it is off.
 * @throws ServerError `OPTION_INVALID` with the option's name and what was expected
 */
export function resolvePlain(option: DialectOptions["plain"]): ResolvedPlain[] {
  if (option === undefined || option === false) return [];
  const isList = Array.isArray(option);
  const given = option === true ? [{}] : isList ? option : [option];
  const resolved = given.map((each, index) => {
    return resolveOne(each, isList ? `plain[${index}]` : "plain");
  });
  const paths = new Set<string>();
  for (const { path } of resolved) {
    if (paths.has(path)) throw invalid("plain", `with ${path} twice`, "another path each");
    paths.add(path);
  }
  return resolved;
}

/** The path of Server-Sent Events; undefined while they are off. @throws ServerError likewise */
export function resolveSse(option: DialectOptions["sse"]): ResolvedSse | undefined {
  if (option === undefined || option === false) return undefined;
  const given = option === true ? {} : option;
  expectObject("sse", given, '{ path: "/hawser/sse" }');
  expectNames("sse", given, sseNames);
  return { path: pathOf("sse.path", given.path ?? "/hawser/sse") };
}

/** Checks all options of the dialects. @throws ServerError likewise */
export function checkDialects(options: DialectOptions): void {
  const plain = resolvePlain(options.plain);
  const sse = resolveSse(options.sse);
  if (sse !== undefined && plain.some(({ path }) => path === sse.path)) {
    throw invalid("sse.path", quote(sse.path), "another path than that of plain");
  }
  if (options.subscribe !== undefined && typeof options.subscribe !== "function") {
    throw invalid("subscribe", quote(options.subscribe), "a function (socket, room) => boolean");
  }
}

function resolveOne(given: PlainOptions, name: string): ResolvedPlain {
  expectObject(name, given, '{ path: "/hawser/ws" }');
  expectNames(name, given, plainNames);
  const { mode = "events", decode, encode } = given;
  if (mode !== "events" && mode !== "raw") {
    throw invalid(`${name}.mode`, quote(mode), '"events" or "raw"');
  }
  for (const [key, value] of Object.entries({ decode, encode })) {
    if (value === undefined) continue;
    if (typeof value !== "function") throw invalid(`${name}.${key}`, quote(value), "a function");
    if (mode !== "raw") throw invalid(`${name}.${key}`, "there", 'mode: "raw" beside it');
  }
  if (given.namespace !== undefined && mode !== "raw") {
    throw invalid(`${name}.namespace`, "there", 'mode: "raw" beside it: others say it in connect');
  }
  const namespace = given.namespace ?? "/";
  if (typeof namespace !== "string" || !namespace.startsWith("/")) {
    throw invalid(`${name}.namespace`, quote(namespace), 'a namespace such as "/feed"');
  }
  return {
    path: pathOf(`${name}.path`, given.path ?? "/hawser/ws"),
    mode,
    namespace,
    decode,
    encode,
    limits: limitsOf(`${name}.limits`, given.limits ?? {}),
  };
}

function limitsOf(name: string, limits: Partial<PlainLimits>): PlainLimits {
  expectObject(name, limits, "{ depth: 50 }");
  expectNames(name, limits, Object.keys(defaultPlainLimits));
  for (const [key, value] of Object.entries(limits)) {
    if (value === undefined || value === Infinity) continue;
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw invalid(`${name}.${key}`, quote(value), "a whole number above 0, or Infinity");
    }
  }
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...defaultPlainLimits, ...(Object.fromEntries(given) as Partial<PlainLimits>) };
}

function pathOf(name: string, path: unknown): string {
  if (typeof path === "string" && pathPattern.test(path)) return path;
  throw invalid(name, quote(path), 'a path such as "/hawser/ws"');
}

function expectObject(name: string, value: unknown, example: string): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw invalid(name, quote(value), `true, or an object such as ${example}`);
}

/** What is misspelt here would be a bound that does not hold. */
function expectNames(name: string, value: object, known: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw invalid(`${name}.${key}`, "there", known.join(", "));
  }
}

function quote(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function invalid(name: string, what: string, wanted: string): ServerError {
  return new ServerError("OPTION_INVALID", `option ${name} is ${what}; expected ${wanted}`);
}
