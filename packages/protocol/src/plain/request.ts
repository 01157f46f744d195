import type { PlainCodecLimits } from "../limits.ts";
import { reservedEvents } from "../socket-packet.ts";
import type { PlainErrorCode } from "./errors.ts";
import { PlainError } from "./errors.ts";
import type { PlainRequest } from "./message.ts";
import { pointerTo } from "./pointer.ts";

/** A message as its text says it. */
export type Fields = Readonly<Record<string, unknown>>;

/** How binary stands in the messages of a connection. */
export type BinaryForm = "frames" | "base64" | "native";

// The keys of a message: first the verbs, then what may stand beside one.
const connect = 1;
const recover = 2;
const event = 4;
const ack = 8;
const subscribe = 16;
const unsubscribe = 32;
const position = 64;
const disconnect = 128;
const ping = 256;
const verbs = 511;
const id = 512;
const data = 1024;
const namespace = 2048;
const binary = 4096;
const durable = 8192;
const again = 16384;

const pingUnitsMax = 64;
const markUnitsMax = 1_024;
/** What is said of a message in an error is to stay short. */
const toldUnitsMax = 1_024;

/**
 * Reads what a client says: exactly one verb, and nothing beside it that does not belong there.
 *
 * @throws {PlainError} with the place as a JSON pointer
 */
export function readRequest(
  root: unknown,
  form: BinaryForm,
  limits: PlainCodecLimits,
): PlainRequest {
  if (typeof root !== "object" || root === null || Array.isArray(root) || isBytes(root)) {
    throw new PlainError("MESSAGE_SHAPE", { at: "" });
  }
  const fields = root as Fields;
  switch (verbOf(fields, form)) {
    case event:
      return readEvent(fields, form, limits);
    case ack:
      checkArguments(fields, form, limits);
      if (!isCount(fields["ack"], 0)) blame(fields, "FIELD_INVALID", "/ack");
      return {
        type: "ack",
        namespace: namespaceOf(fields),
        id: fields["ack"] as number,
        data: (fields["data"] as unknown[] | undefined) ?? [],
      };
    case connect:
      return readConnect(fields, form);
    case recover:
      return readRecover(fields, form);
    case subscribe:
      return readRooms(fields, "subscribe", limits);
    case unsubscribe:
      return readRooms(fields, "unsubscribe", limits);
    case position: {
      const mark = fields["position"];
      if (!isMarkText(mark)) blame(fields, "FIELD_INVALID", "/position");
      return { type: "position", namespace: namespaceOf(fields), position: mark as string };
    }
    case disconnect: {
      const inside = insideOf(fields, "disconnect", ["namespace"]);
      return { type: "disconnect", namespace: namespaceOf(inside, fields, "/disconnect") };
    }
    default:
      return readPing(fields);
  }
}

/** The bit of a key; 0 for any that is unknown. */
function bitOf(key: string): number {
  switch (key) {
    case "event":
      return event;
    case "data":
      return data;
    case "id":
      return id;
    case "namespace":
      return namespace;
    case "ack":
      return ack;
    case "durable":
      return durable;
    case "again":
      return again;
    case "binary":
      return binary;
    case "position":
      return position;
    case "ping":
      return ping;
    case "subscribe":
      return subscribe;
    case "unsubscribe":
      return unsubscribe;
    case "connect":
      return connect;
    case "recover":
      return recover;
    case "disconnect":
      return disconnect;
    default:
      return 0;
  }
}

/** What may stand beside a verb. */
function companionsOf(verb: number, form: BinaryForm): number {
  const frames = form === "frames" ? binary : 0;
  switch (verb) {
    case event:
      return data | id | namespace | durable | again | frames;
    case ack:
      return data | namespace | frames;
    case subscribe:
    case unsubscribe:
    case position:
      return namespace;
    default:
      return 0;
  }
}

function verbOf(fields: Fields, form: BinaryForm): number {
  let seen = 0;
  for (const key in fields) {
    const bit = bitOf(key);
    if (bit === 0) {
      if (Object.hasOwn(fields, key)) blame(fields, "FIELD_UNKNOWN", pointerTo([key]));
    } else if ((bit & verbs) !== 0 && (seen & verbs) !== 0) {
      blame(fields, "VERB_CONFLICT", pointerTo([key]));
    }
    seen |= bit;
  }
  const verb = seen & verbs;
  if (verb === 0) blame(fields, "VERB_MISSING", "");
  const strangers = seen & ~verb & ~companionsOf(verb, form);
  if (strangers !== 0) {
    const stranger = Object.keys(fields).find((key) => (bitOf(key) & strangers) !== 0)!;
    blame(fields, "FIELD_UNKNOWN", pointerTo([stranger]));
  }
  return verb;
}

function readEvent(fields: Fields, form: BinaryForm, limits: PlainCodecLimits): PlainRequest {
  const name = fields["event"];
  if (typeof name !== "string") blame(fields, "FIELD_INVALID", "/event");
  if (reservedEvents.has(name)) blame(fields, "EVENT_RESERVED", "/event");
  checkArguments(fields, form, limits);
  const { id, durable, again } = fields as { id?: number; durable?: number; again?: boolean };
  if (id !== undefined && !isCount(id, 0)) blame(fields, "FIELD_INVALID", "/id");
  if (durable !== undefined) {
    if (!isCount(durable, 1)) blame(fields, "FIELD_INVALID", "/durable");
    // It has an answer of its own.
    if (id !== undefined) blame(fields, "FIELD_INVALID", "/id");
  }
  if (again !== undefined && (typeof again !== "boolean" || durable === undefined)) {
    blame(fields, "FIELD_INVALID", "/again");
  }
  return {
    type: "event",
    namespace: namespaceOf(fields),
    event: name,
    data: (fields["data"] as unknown[] | undefined) ?? [],
    id,
    durable,
    again,
    position: undefined,
  };
}

/** `data` and `binary` of an event or an acknowledgement. */
function checkArguments(fields: Fields, form: BinaryForm, limits: PlainCodecLimits): void {
  const { data, binary } = fields;
  if (data !== undefined && !Array.isArray(data)) blame(fields, "FIELD_INVALID", "/data");
  if (form !== "frames" || binary === undefined) return;
  if (!isCount(binary, 0)) blame(fields, "FIELD_INVALID", "/binary");
  if ((binary as number) > limits.binariesMax) blame(fields, "BINARY_TOO_MANY", "/binary");
}

function readConnect(fields: Fields, form: BinaryForm): PlainRequest {
  const inside = insideOf(fields, "connect", entryKeys(form, "session"));
  const { session } = inside;
  if (session !== undefined && typeof session !== "boolean") {
    blame(fields, "FIELD_INVALID", "/connect/session");
  }
  return {
    type: "connect",
    namespace: namespaceOf(inside, fields, "/connect"),
    auth: authOf(inside, fields, "/connect"),
    session: session,
    base64: base64Of(inside, fields, "/connect"),
  };
}

function readRecover(fields: Fields, form: BinaryForm): PlainRequest {
  const inside = insideOf(fields, "recover", entryKeys(form, "session", "position"));
  const { session, position } = inside;
  if (!isMarkText(session)) blame(fields, "FIELD_INVALID", "/recover/session");
  if (position !== undefined && !isMarkText(position)) {
    blame(fields, "FIELD_INVALID", "/recover/position");
  }
  return {
    type: "recover",
    namespace: namespaceOf(inside, fields, "/recover"),
    auth: authOf(inside, fields, "/recover"),
    base64: base64Of(inside, fields, "/recover"),
    session: session as string,
    position: position as string | undefined,
  };
}

function entryKeys(form: BinaryForm, ...own: string[]): string[] {
  return ["namespace", "auth", ...own, ...(form === "native" ? [] : ["binary"])];
}

function readRooms(
  fields: Fields,
  type: "subscribe" | "unsubscribe",
  limits: PlainCodecLimits,
): PlainRequest {
  const rooms = fields[type];
  if (!Array.isArray(rooms)) blame(fields, "FIELD_INVALID", `/${type}`);
  const wrong = (rooms as unknown[]).findIndex(
    (room) => typeof room !== "string" || room.length > limits.roomUnitsMax,
  );
  if (wrong !== -1) blame(fields, "FIELD_INVALID", `/${type}/${wrong}`);
  return { type, namespace: namespaceOf(fields), rooms: rooms as string[] };
}

function readPing(fields: Fields): PlainRequest {
  const value = fields["ping"];
  const isShort = typeof value === "string" && value.length <= pingUnitsMax;
  const isNumber = typeof value === "number" && Number.isFinite(value);
  if (!isShort && !isNumber) blame(fields, "FIELD_INVALID", "/ping");
  return { type: "ping", value };
}

/** The object inside a verb, with no other keys than those. */
function insideOf(fields: Fields, verb: string, keys: readonly string[]): Fields {
  const inside = fields[verb];
  if (!isObject(inside)) blame(fields, "FIELD_INVALID", `/${verb}`);
  for (const key of Object.keys(inside)) {
    if (!keys.includes(key)) blame(fields, "FIELD_UNKNOWN", pointerTo([verb, key]));
  }
  return inside;
}

function namespaceOf(inside: Fields, fields: Fields = inside, at: string = ""): string {
  const name = inside["namespace"];
  if (name === undefined) return "/";
  if (typeof name !== "string" || name[0] !== "/") {
    blame(fields, "FIELD_INVALID", `${at}/namespace`);
  }
  return name;
}

function authOf(inside: Fields, fields: Fields, at: string): Fields | undefined {
  const auth = inside["auth"];
  if (auth !== undefined && !isObject(auth)) blame(fields, "FIELD_INVALID", `${at}/auth`);
  return auth;
}

function base64Of(inside: Fields, fields: Fields, at: string): true | undefined {
  const form = inside["binary"];
  if (form === undefined) return undefined;
  if (form !== "base64") blame(fields, "FIELD_INVALID", `${at}/binary`);
  return true;
}

/** Throws, with what else could be read. */
export function blame(fields: Fields, code: PlainErrorCode, at: string | undefined): never {
  const { id, connect, recover, disconnect } = fields;
  const holder = [connect, recover, disconnect].find(isObject) ?? fields;
  const { namespace } = holder;
  throw new PlainError(code, {
    at: at?.slice(0, toldUnitsMax),
    id: isCount(id, 0) ? (id as number) : undefined,
    namespace:
      typeof namespace === "string" && namespace.length <= toldUnitsMax ? namespace : undefined,
  });
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

/** A position or the name of a session. */
function isMarkText(value: unknown): boolean {
  return typeof value === "string" && value.length <= markUnitsMax;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isBytes(value);
}

/** MessagePack can have bytes anywhere. */
function isBytes(value: object): boolean {
  return ArrayBuffer.isView(value);
}
