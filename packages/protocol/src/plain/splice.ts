import { ProtocolError } from "../errors.ts";
import { endOfString } from "../json-depth.ts";
import { PacketType } from "../socket-packet.ts";
import { areFrames, isMarkLike, objectWith, onlyKeyOf } from "./marks.ts";
import type { PlainAck, PlainEvent } from "./message.ts";

const digitZero = 48;
const nine = 57;
const quote = 34;
const comma = 44;
const dash = 45;
const slash = 47;
const openBracket = 91;
const closeBracket = 93;

const placeholderHead = '{"_placeholder":true,"num":';

/** Where the parts of a Socket.IO packet stand. */
interface Parts {
  readonly isAck: boolean;
  /** Binary attachments; 0 for a packet without. */
  readonly count: number;
  readonly namespace: string;
  /** Digits, or nothing. */
  readonly id: string;
  /** Where the list of arguments begins. */
  readonly argsAt: number;
}

/**
 * Turns an event or acknowledgement in the wire form of Socket.IO into the text of the plain dialect, without parsing
 * its JSON: the text is the one that {@link encodePlain} writes. Its attachments follow it as they are. For a sender
 * that has encoded for Socket.IO clients already; `text` is its own and therefore valid, `offset` passes over the
 * Engine.IO type, and `position` is that of a logged message.
 *
 * A name that is a number becomes a string. What an application sends along with binary and Socket.IO's own clients
 * would take for an attachment (`{"_placeholder":true,"num":0}`) is taken for one here, too.
 *
 * @throws {ProtocolError} `PACKET_TYPE`
 */
export function plainOfSocketIo(text: string, offset: number = 0, position?: string): string {
  const parts = partsOf(text, offset);
  const { isAck, count, namespace, id, argsAt } = parts;
  if (text.charCodeAt(argsAt) !== openBracket) return byWay(text, parts, position);
  let head = `{"ack":${id}`;
  let rest = argsAt + 1;
  if (!isAck) {
    const end = text.charCodeAt(rest) === quote ? endOfString(text, rest) : -1;
    const next = text.charCodeAt(end + 1);
    if (end === -1 || (next !== comma && next !== closeBracket))
      return byWay(text, parts, position);
    head = `{"event":${text.slice(rest, end + 1)}`;
    rest = next === comma ? end + 2 : end + 1;
  }
  if (text.charCodeAt(text.length - 1) !== closeBracket) return byWay(text, parts, position);
  let tail = isAck || id === "" ? "" : `,"id":${id}`;
  if (position !== undefined) tail += `,"position":${JSON.stringify(position)}`;
  if (namespace !== "/") tail += `,"namespace":${JSON.stringify(namespace)}`;
  if (rest === text.length - 1) return `${head}${tail}}`;
  if (count === 0) return `${head},"data":[${text.slice(rest)}${tail}}`;
  const marked = markPlaceholders(text, rest, count);
  if (marked === undefined) return byWay(text, parts, position);
  const data = marked === "" ? "" : `,"data":[${marked}`;
  return `${head}${data}${tail},"binary":${count}}`;
}

/**
 * The same packet as a message, for the forms that have to be made anew: MessagePack, and JSON with base64.
 *
 * @throws {ProtocolError} `PACKET_TYPE`
 */
export function plainMessageOfSocketIo(
  text: string,
  attachments: readonly unknown[],
  offset: number = 0,
  position?: string,
): PlainEvent | PlainAck {
  const parts = partsOf(text, offset);
  const data: unknown = JSON.parse(text.slice(parts.argsAt));
  const filled =
    parts.count === 0
      ? data
      : replacePlaceholders(data, parts.count, false, (at) => attachments[at]);
  return messageOf(parts, filled as unknown[], position);
}

function partsOf(text: string, offset: number): Parts {
  const type = text.charCodeAt(offset) - digitZero;
  const isBinary = type === PacketType.BINARY_EVENT || type === PacketType.BINARY_ACK;
  if (!isBinary && type !== PacketType.EVENT && type !== PacketType.ACK) {
    throw new ProtocolError("PACKET_TYPE");
  }
  let at = offset + 1;
  let count = 0;
  if (isBinary) {
    for (; text.charCodeAt(at) !== dash; at++) count = count * 10 + text.charCodeAt(at) - digitZero;
    at++;
  }
  let namespace = "/";
  if (text.charCodeAt(at) === slash) {
    const end = text.indexOf(",", at);
    namespace = withoutQuery(text.slice(at, end));
    at = end + 1;
  }
  const start = at;
  while (isDigit(text.charCodeAt(at))) at++;
  const isAck = type === PacketType.ACK || type === PacketType.BINARY_ACK;
  return { isAck, count, namespace, id: withoutZeros(text.slice(start, at)), argsAt: at };
}

function withoutQuery(namespace: string): string {
  const mark = namespace.indexOf("?");
  return mark === -1 ? namespace : namespace.slice(0, mark);
}

/** Zeros before a number are no JSON. */
function withoutZeros(digits: string): string {
  return digits.length > 1 && digits.charCodeAt(0) === digitZero ? String(Number(digits)) : digits;
}

function isDigit(unit: number): boolean {
  return unit >= digitZero && unit <= nine;
}

/**
 * Puts marks in place of placeholders as our encoder writes them. The quote in their first characters cannot stand
 * inside a string, so that whatever looks like this is one. Returns "" when the arguments are the attachments and
 * nothing else, and undefined for what has to be looked at more closely.
 */
function markPlaceholders(text: string, start: number, count: number): string | undefined {
  // Names spelled with escapes, and data that looks like a mark.
  if (text.indexOf("\\u", start) !== -1 || text.indexOf('$binary"', start) !== -1) return undefined;
  let marked = "";
  let isBare = true;
  let from = start;
  let seen = 0;
  let at = text.indexOf("_placeholder", start);
  for (; at !== -1; at = text.indexOf("_placeholder", from)) {
    const opening = at - 2;
    if (opening < from || !text.startsWith(placeholderHead, opening)) return undefined;
    const digits = opening + placeholderHead.length;
    let end = digits;
    while (isDigit(text.charCodeAt(end))) end++;
    const index = text.slice(digits, end);
    if (text[end] !== "}" || index === "" || Number(index) >= count) return undefined;
    const between = text.slice(from, opening);
    if (Number(index) !== seen || between !== (seen === 0 ? "" : ",")) isBare = false;
    marked += `${between}{"$binary":${index}}`;
    from = end + 1;
    seen++;
  }
  if (isBare && seen === count && from === text.length - 1) return "";
  return marked + text.slice(from);
}

/** By way of the parsed JSON, for what is rare: numbers as names, data that looks like marks, JSON of others. */
function byWay(text: string, parts: Parts, position: string | undefined): string {
  const { count } = parts;
  const parsed: unknown = JSON.parse(text.slice(parts.argsAt));
  const args =
    count === 0 ? parsed : replacePlaceholders(parsed, count, true, (at) => ({ $binary: at }));
  const message = messageOf(parts, args as unknown[], position);
  const { data, namespace } = message;
  return JSON.stringify({
    ...(message.type === "event" ? { event: message.event } : { ack: message.id }),
    data: data.length === 0 || areFrames(data, count) ? undefined : data,
    ...(message.type === "event" && { id: message.id, position: message.position }),
    namespace: namespace === "/" ? undefined : namespace,
    binary: count === 0 ? undefined : count,
  });
}

function messageOf(
  { isAck, id, namespace }: Parts,
  args: unknown[],
  position: string | undefined,
): PlainEvent | PlainAck {
  if (isAck) return { type: "ack", namespace, id: Number(id), data: args };
  const [name, ...data] = args;
  return {
    type: "event",
    namespace,
    event: String(name),
    data,
    id: id === "" ? undefined : Number(id),
    durable: undefined,
    again: undefined,
    position,
  };
}

/** A copy with something else for each placeholder, and one more dollar where data looks like a mark. */
function replacePlaceholders(
  value: unknown,
  count: number,
  escape: boolean,
  replacement: (index: number) => unknown,
): unknown {
  const visit = (item: unknown): unknown => {
    if (typeof item !== "object" || item === null) return item;
    if (Array.isArray(item)) return item.map(visit);
    const { _placeholder, num } = item as { _placeholder?: unknown; num?: unknown };
    if (_placeholder === true && isIndex(num, count)) return replacement(num);
    const only = escape ? onlyKeyOf(item) : undefined;
    if (only !== undefined && isMarkLike(only, "$binary")) {
      return objectWith(`$${only}`, visit((item as Record<string, unknown>)[only]));
    }
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(value);
}

function isIndex(num: unknown, count: number): num is number {
  return Number.isInteger(num) && (num as number) >= 0 && (num as number) < count;
}
