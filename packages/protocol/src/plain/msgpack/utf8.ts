/** The part of the encoding standard that is used here, named because this package knows no DOM. */
interface Decoder {
  decode(bytes: Uint8Array): string;
}
interface Encoder {
  encodeInto(text: string, bytes: Uint8Array): { written: number };
}
interface Platform {
  TextDecoder?: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => Decoder;
  TextEncoder?: new () => Encoder;
}

// Below these the platform's call costs more than the loop.
const decodeBytesMin = 24;
const encodeUnitsMin = 48;
const replacement = 0xfffd;

let decoder: Decoder | undefined;
let encoder: Encoder | undefined;

/** Reads strict UTF-8 (no surrogates, no overlong forms); undefined for anything else. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < decodeBytesMin) return readShort(bytes, start, end);
  const { TextDecoder } = globalThis as Platform;
  if (TextDecoder === undefined) return readLong(bytes, start, end);
  decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** Appends piece by piece: fine for some characters. */
function readShort(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let at = start;
  while (at < end) {
    const first = bytes[at]!;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      at++;
      continue;
    }
    const length = lengthOf(first);
    if (length === 0 || at + length > end) return undefined;
    let point = first & (0xff >> (length + 1));
    for (let i = 1; i < length; i++) {
      const next = bytes[at + i]!;
      if ((next & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (next & 0x3f);
    }
    if (point < leastOf(length) || point > 0x10ffff || isSurrogate(point)) return undefined;
    text += String.fromCodePoint(point);
    at += length;
  }
  return text;
}

/** Without a platform: in pieces that end between two characters. */
function readLong(bytes: Uint8Array, start: number, end: number): string | undefined {
  const pieces: string[] = [];
  for (let at = start; at < end;) {
    let next = Math.min(at + 4_096, end);
    while (next < end && next > at && (bytes[next]! & 0xc0) === 0x80) next--;
    if (next === at) return undefined;
    const piece = readShort(bytes, at, next);
    if (piece === undefined) return undefined;
    pieces.push(piece);
    at = next;
  }
  return pieces.join("");
}

function lengthOf(first: number): number {
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

function leastOf(length: number): number {
  return length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
}

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff;
}

/**
 * Writes `text` at `at`, where there must be room for three bytes a unit. Lone surrogates become U+FFFD. Returns where
 * it ends.
 */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): number {
  if (text.length >= encodeUnitsMin) {
    const { TextEncoder } = globalThis as Platform;
    if (TextEncoder !== undefined) {
      encoder ??= new TextEncoder();
      return at + encoder.encodeInto(text, bytes.subarray(at)).written;
    }
  }
  let to = at;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point < 0x80) {
      bytes[to++] = point;
      continue;
    }
    if (isSurrogate(point)) {
      point = text.codePointAt(i)!;
      if (isSurrogate(point)) point = replacement;
      else i++;
    }
    to = writePoint(point, bytes, to);
  }
  return to;
}

/** A character beyond ASCII. */
function writePoint(point: number, bytes: Uint8Array, at: number): number {
  let to = at;
  if (point < 0x800) bytes[to++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x10000) bytes[to++] = 0xe0 | (point >> 12);
    else {
      bytes[to++] = 0xf0 | (point >> 18);
      bytes[to++] = 0x80 | ((point >> 12) & 0x3f);
    }
    bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
  }
  bytes[to++] = 0x80 | (point & 0x3f);
  return to;
}
