import { isBinary, isBlob, isPlain, toAttachment } from "../../binary.ts";
import { ProtocolError } from "../../errors.ts";
import { writeUtf8 } from "./utf8.ts";

const startBytes = 2_048;
/** A larger buffer is not kept for the next message. */
const keptBytesMax = 65_536;
// Ancestors are remembered only from this depth on: a cycle always gets there, real data hardly ever.
const cycleCheckDepth = 200;
const twoTo32 = 0x1_0000_0000;

/**
 * Writes one value with the meaning that JSON gives it: `toJSON` is asked, what JSON leaves out is left out, what it
 * shows as null is nil. Binary is binary. Integers take as few bytes as they can; other numbers are doubles.
 */
export class MsgpackWriter {
  private bytes: Uint8Array<ArrayBuffer> = new Uint8Array(startBytes);
  private view: DataView = new DataView(this.bytes.buffer);
  private at = 0;
  private readonly ancestors: Set<object> = new Set();

  /**
   * The bytes of one value, for the caller to keep.
   *
   * @throws {ProtocolError} `BLOB_REFUSED`
   * @throws {TypeError} for a circular structure or a BigInt, as `JSON.stringify` does
   */
  write(value: unknown): Uint8Array<ArrayBuffer> {
    this.begin();
    this.value(shownAs(value, ""), 0);
    return this.end();
  }

  /** Begins a value that is written piece by piece; nothing is left of another one that failed. */
  begin(): void {
    this.at = 0;
    if (this.ancestors.size > 0) this.ancestors.clear();
  }

  /** The head of a map, to be followed by so many pairs. */
  mapHead(count: number): void {
    this.head(count, 0x80, 0xde);
  }

  /** A pair of a map. @throws as {@link write} */
  pair(key: string, value: unknown): void {
    this.text(key);
    this.value(shownAs(value, key), 1);
  }

  /** What has been written since `begin`. */
  end(): Uint8Array<ArrayBuffer> {
    const result = this.bytes.slice(0, this.at);
    if (this.bytes.length > keptBytesMax) this.resize(startBytes);
    return result;
  }

  /** A value that has been asked for its toJSON. */
  private value(value: unknown, depth: number): void {
    if (typeof value === "string") this.text(value);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "boolean") this.byte(value ? 0xc3 : 0xc2);
    else if (typeof value === "object" && value !== null) this.object(value, depth);
    else if (typeof value === "bigint") {
      throw new TypeError("Do not know how to serialize a BigInt");
    } else {
      // Also for undefined, functions and symbols, where something has to stand.
      this.byte(0xc0);
    }
  }

  private object(value: object, depth: number): void {
    if (!isPlain(value) && isBinary(value)) {
      const bytes = toAttachment(value);
      if (!ArrayBuffer.isView(bytes) && isBlob(bytes)) throw new ProtocolError("BLOB_REFUSED");
      this.binary(bytes);
      return;
    }
    const { ancestors } = this;
    const isDeep = depth >= cycleCheckDepth;
    if (isDeep) {
      if (ancestors.has(value)) throw new TypeError("Converting circular structure to JSON");
      ancestors.add(value);
    }
    if (Array.isArray(value)) this.list(value, depth + 1);
    else if (isBoxed(value)) {
      this.value(value.valueOf(), depth);
    } else this.map(value as Record<string, unknown>, depth + 1);
    if (isDeep) ancestors.delete(value);
  }

  private list(list: unknown[], depth: number): void {
    const { length } = list;
    this.head(length, 0x90, 0xdc);
    for (let i = 0; i < length; i++) this.value(shownAs(list[i], i), depth);
  }

  /** How many keys it has is known afterwards: its head has room for as many as there can be. */
  private map(object: Record<string, unknown>, depth: number): void {
    const keys = Object.keys(object);
    const headAt = this.at;
    this.head(keys.length, 0x80, 0xde);
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const value = shownAs(object[key], key);
      if (value === undefined || typeof value === "function" || typeof value === "symbol") continue;
      this.text(key);
      this.value(value, depth);
      count++;
    }
    if (count < keys.length) this.correctHead(headAt, keys.length, count);
  }

  private correctHead(at: number, planned: number, count: number): void {
    if (planned < 16) this.bytes[at] = 0x80 | count;
    else if (planned < 0x10000) this.view.setUint16(at + 1, count);
    else this.view.setUint32(at + 1, count);
  }

  private text(text: string): void {
    const { length } = text;
    if (length < 32 && this.ascii(text, length)) return;
    // Room for the longest head and the widest characters.
    this.ensure(5 + 3 * length);
    const headAt = this.at;
    const guess = headBytesOf(length);
    let end = writeUtf8(text, this.bytes, headAt + guess);
    const size = end - headAt - guess;
    const actual = headBytesOf(size);
    if (actual !== guess) {
      this.bytes.copyWithin(headAt + actual, headAt + guess, end);
      end += actual - guess;
    }
    if (actual === 1) this.bytes[headAt] = 0xa0 | size;
    else this.sized(0xd9, size);
    this.at = end;
  }

  /** A short text without anything beyond ASCII; whether it was one. */
  private ascii(text: string, length: number): boolean {
    this.ensure(1 + length);
    const { bytes } = this;
    let at = this.at;
    bytes[at++] = 0xa0 | length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      bytes[at++] = unit;
    }
    this.at = at;
    return true;
  }

  private binary(data: Uint8Array): void {
    const { length } = data;
    this.ensure(5 + length);
    this.sized(0xc4, length);
    this.bytes.set(data, this.at);
    this.at += length;
  }

  private number(value: number): void {
    this.ensure(9);
    const { view } = this;
    if (!Number.isFinite(value)) this.bytes[this.at++] = 0xc0;
    else if (!Number.isSafeInteger(value)) {
      view.setUint8(this.at, 0xcb);
      view.setFloat64(this.at + 1, value);
      this.at += 9;
    } else if (value >= 0) this.unsigned(value);
    else this.negative(value);
  }

  private unsigned(value: number): void {
    const { view } = this;
    if (value < 0x80) this.bytes[this.at++] = value;
    else if (value < twoTo32) this.sized(0xcc, value);
    else {
      view.setUint8(this.at, 0xcf);
      view.setUint32(this.at + 1, Math.floor(value / twoTo32));
      view.setUint32(this.at + 5, value % twoTo32);
      this.at += 9;
    }
  }

  private negative(value: number): void {
    const { view } = this;
    if (value >= -0x20) this.bytes[this.at++] = value;
    else if (value >= -0x80) {
      view.setUint8(this.at, 0xd0);
      view.setInt8(this.at + 1, value);
      this.at += 2;
    } else if (value >= -0x8000) {
      view.setUint8(this.at, 0xd1);
      view.setInt16(this.at + 1, value);
      this.at += 3;
    } else if (value >= -0x80000000) {
      view.setUint8(this.at, 0xd2);
      view.setInt32(this.at + 1, value);
      this.at += 5;
    } else {
      view.setUint8(this.at, 0xd3);
      view.setInt32(this.at + 1, Math.floor(value / twoTo32));
      view.setUint32(this.at + 5, ((value % twoTo32) + twoTo32) % twoTo32);
      this.at += 9;
    }
  }

  /** A head whose type has forms of 8, 16 and 32 bits from `first` on. */
  private sized(first: number, size: number): void {
    const { view } = this;
    if (size < 0x100) {
      view.setUint8(this.at, first);
      view.setUint8(this.at + 1, size);
      this.at += 2;
    } else if (size < 0x10000) {
      view.setUint8(this.at, first + 1);
      view.setUint16(this.at + 1, size);
      this.at += 3;
    } else {
      view.setUint8(this.at, first + 2);
      view.setUint32(this.at + 1, size);
      this.at += 5;
    }
  }

  /** Of a list or a map: `fixed` is its form in one byte, `first` the one of 16 bits, and that of 32 is the next. */
  private head(count: number, fixed: number, first: number): void {
    this.ensure(5);
    const { view } = this;
    if (count < 16) this.bytes[this.at++] = fixed | count;
    else if (count < 0x10000) {
      view.setUint8(this.at, first);
      view.setUint16(this.at + 1, count);
      this.at += 3;
    } else {
      view.setUint8(this.at, first + 1);
      view.setUint32(this.at + 1, count);
      this.at += 5;
    }
  }

  private byte(value: number): void {
    this.ensure(1);
    this.bytes[this.at++] = value;
  }

  private ensure(more: number): void {
    const needed = this.at + more;
    if (needed > this.bytes.length) this.resize(Math.max(needed, 2 * this.bytes.length));
  }

  private resize(size: number): void {
    const { bytes } = this;
    this.bytes = new Uint8Array(size);
    if (size > bytes.length) this.bytes.set(bytes);
    this.view = new DataView(this.bytes.buffer);
  }
}

function headBytesOf(size: number): number {
  if (size < 32) return 1;
  if (size < 0x100) return 2;
  return size < 0x10000 ? 3 : 5;
}

/** Object(1), Object("a") and Object(true), which JSON unwraps. */
function isBoxed(value: object): boolean {
  if (isPlain(value)) return false;
  const tag = Object.prototype.toString.call(value);
  return tag === "[object Number]" || tag === "[object String]" || tag === "[object Boolean]";
}

/** What JSON shows of a value: the answer of its toJSON, if it has one. Binary is shown as it is. */
function shownAs(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown };
  // A Buffer has one, too.
  if (typeof toJSON !== "function" || isBinary(value)) return value;
  return toJSON.call(value, String(key));
}
