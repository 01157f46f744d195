import { reservedEvents } from "../socket-packet.ts";
import type { PlainAck, PlainEvent } from "./message.ts";

const space = 32;
const quote = 34;
const comma = 44;
const digitZero = 48;
const digitNine = 57;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const closeBrace = 125;

const idDigitsMax = 15;
/** No reserved name is shorter, and most names are. */
const reservedUnitsMin = 7;

/**
 * Reads the two most frequent messages, `{"event":"…","data":[…]}` with or without `,"id":7` and `{"ack":7,"data":[…]}`, by
 * parsing nothing but the list. That is exact: what is between the known words is a list, or else it does not parse and
 * undefined is returned, as for any other spelling; then the whole is parsed. A space behind a colon or a comma is known, too.
 */
export function readQuickly(text: string, offset: number): PlainEvent | PlainAck | undefined {
  const last = text.length - 1;
  if (text.charCodeAt(last) !== closeBrace) return undefined;
  if (isAt(text, '{"event":', offset)) return quickEvent(text, offset + 9, last);
  if (isAt(text, '{"ack":', offset)) return quickAck(text, offset + 7, last);
  return undefined;
}

/** What startsWith says; a call of it costs more than these few units. */
function isAt(text: string, word: string, at: number): boolean {
  for (let i = 0; i < word.length; i++) {
    if (text.charCodeAt(at + i) !== word.charCodeAt(i)) return false;
  }
  return true;
}

function quickEvent(text: string, start: number, last: number): PlainEvent | undefined {
  const open = skipSpace(text, start);
  const close = endOfName(text, open);
  if (close === -1) return undefined;
  const from = startOfList(text, close + 1);
  if (from === -1) return undefined;
  const event = text.slice(open + 1, close);
  if (event.length >= reservedUnitsMin && reservedEvents.has(event)) return undefined;
  let end = last;
  let id: number | undefined;
  if (text.charCodeAt(end - 1) !== closeBracket) {
    const digits = startOfDigits(text, end);
    if (digits === -1) return undefined;
    end = endOfList(text, digits);
    if (end === -1) return undefined;
    id = toNumber(text, digits, last);
  }
  const data = parseList(text, from, end);
  if (data === undefined) return undefined;
  return {
    type: "event",
    namespace: "/",
    event,
    data,
    id,
    durable: undefined,
    again: undefined,
    position: undefined,
  };
}

function quickAck(text: string, start: number, last: number): PlainAck | undefined {
  const digits = skipSpace(text, start);
  let at = digits;
  while (isDigit(text.charCodeAt(at))) at++;
  if (!isWhole(text, digits, at)) return undefined;
  const from = startOfList(text, at);
  if (from === -1 || text.charCodeAt(last - 1) !== closeBracket) return undefined;
  const data = parseList(text, from, last);
  if (data === undefined) return undefined;
  return { type: "ack", namespace: "/", id: toNumber(text, digits, at), data };
}

/** Where a name without escapes ends, whose quote opens at `open`; -1 for any other. */
function endOfName(text: string, open: number): number {
  if (text.charCodeAt(open) !== quote) return -1;
  for (let at = open + 1; ; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) return at;
    // NaN behind the end; control characters and escapes.
    if (!(unit >= space) || unit === backslash) return -1;
  }
}

/** Behind `,"data":`, when a list begins there; else -1. */
function startOfList(text: string, at: number): number {
  if (text.charCodeAt(at) !== comma) return -1;
  const key = skipSpace(text, at + 1);
  if (!isAt(text, '"data":', key)) return -1;
  const from = skipSpace(text, key + 7);
  return text.charCodeAt(from) === openBracket ? from : -1;
}

/** Where the digits begin that end at `end`; -1 when they are no whole number of 15 digits at most. */
function startOfDigits(text: string, end: number): number {
  let at = end;
  while (isDigit(text.charCodeAt(at - 1)) && end - at <= idDigitsMax) at--;
  return isWhole(text, at, end) ? at : -1;
}

/** Where the list ends that stands before `,"id":` and the digits at `digits`; -1 when there is none. */
function endOfList(text: string, digits: number): number {
  let at = text.charCodeAt(digits - 1) === space ? digits - 1 : digits;
  if (text.charCodeAt(at - 1) !== colon || !isAt(text, '"id"', at - 5)) return -1;
  at -= 5;
  if (text.charCodeAt(at - 1) === space) at--;
  const isThere = text.charCodeAt(at - 1) === comma && text.charCodeAt(at - 2) === closeBracket;
  return isThere ? at - 1 : -1;
}

function parseList(text: string, from: number, to: number): unknown[] | undefined {
  try {
    return JSON.parse(text.slice(from, to)) as unknown[];
  } catch {
    return undefined;
  }
}

function skipSpace(text: string, at: number): number {
  return text.charCodeAt(at) === space ? at + 1 : at;
}

function isDigit(unit: number): boolean {
  return unit >= digitZero && unit <= digitNine;
}

/** JSON knows no zeros before a number. */
function isWhole(text: string, start: number, end: number): boolean {
  const count = end - start;
  return count > 0 && count <= idDigitsMax && (count === 1 || text.charCodeAt(start) !== digitZero);
}

function toNumber(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (text.charCodeAt(at) - digitZero);
  return value;
}
