import { PlainError } from "../errors.ts";
import { KeyCache } from "./key-cache.ts";
import { readUtf8 } from "./utf8.ts";

const keys: KeyCache = /* @__PURE__ */ new KeyCache();
const twoTo32 = 0x1_0000_0000;
// Heads of the types that a length or a value follows.
const bin8 = 0xc4;
const ext8 = 0xc7;
const float32 = 0xca;
const float64 = 0xcb;
const uint8 = 0xcc;
const int8 = 0xd0;
const fixext1 = 0xd4;
const str8 = 0xd9;
const array16 = 0xdc;
const map16 = 0xde;

/**
 * Reads one value, and throws a {@link PlainError} for anything that JSON with binary has no word for: extension
 * types, keys that are not strings, integers beyond what a double holds. A number that JSON cannot say is null.
 * Nothing is made room for before its bytes are there.
 */
export class MsgpackReader {
  private readonly bytes: Uint8Array;
  private readonly depthMax: number;
  private at = 0;
  private depth = 0;
  /** Made for the first number that is not small. */
  private viewMade: DataView | undefined = undefined;

  constructor(bytes: Uint8Array, depthMax: number) {
    this.bytes = bytes;
    this.depthMax = depthMax;
  }

  /** The value that all the bytes are. */
  read(): unknown {
    const value = this.value();
    if (this.at < this.bytes.length) throw invalid(this.at, "bytes behind the message");
    return value;
  }

  private value(): unknown {
    const { bytes } = this;
    const start = this.at;
    if (start >= bytes.length) throw this.cutShort();
    const head = bytes[start]!;
    this.at = start + 1;
    if (head < 0x80) return head;
    if (head < 0x90) return this.map(start, head & 0x0f);
    if (head < 0xa0) return this.list(start, head & 0x0f);
    if (head < 0xc0) return this.text(start, head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    if (head >= map16) return this.map(start, this.uint(head === map16 ? 2 : 4));
    if (head >= array16) return this.list(start, this.uint(head === array16 ? 2 : 4));
    if (head >= str8) return this.text(start, this.uint(1 << (head - str8)));
    if (head >= fixext1) throw invalid(start, "extension types are not spoken here");
    if (head >= int8) return this.int(start, 1 << (head - int8));
    if (head >= uint8) {
      const size = 1 << (head - uint8);
      return size === 8 ? this.long(start, false) : this.uint(size);
    }
    return this.special(start, head);
  }

  private special(start: number, head: number): unknown {
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case float32:
        return finite(this.view.getFloat32(this.take(4)));
      case float64:
        return finite(this.view.getFloat64(this.take(8)));
      case 0xc1:
        throw invalid(start, "0xc1 is never used");
      default:
        if (head >= ext8) throw invalid(start, "extension types are not spoken here");
        return this.binary(this.uint(1 << (head - bin8)));
    }
  }

  private map(start: number, count: number): Record<string, unknown> {
    this.enter(start, 2 * count);
    const { bytes } = this;
    const object: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const keyAt = this.at;
      const head = bytes[keyAt];
      if (
        head !== undefined &&
        !(head >= 0xa0 && head < 0xc0) &&
        !(head >= str8 && head < array16)
      ) {
        throw invalid(keyAt, "a key that is not a string");
      }
      const key =
        head !== undefined && head < 0xc0 ? this.shortKey(head & 0x1f) : (this.value() as string);
      const value = this.value();
      if (key === "__proto__") define(object, key, value);
      else object[key] = value;
    }
    this.depth--;
    return object;
  }

  private shortKey(length: number): string {
    const { at, bytes } = this;
    const end = at + 1 + length;
    if (end > bytes.length) return this.value() as string;
    const key = keys.find(bytes, at + 1, length);
    if (key === undefined) return this.value() as string;
    this.at = end;
    return key;
  }

  private list(start: number, count: number): unknown[] {
    this.enter(start, count);
    const list: unknown[] = [];
    for (let i = 0; i < count; i++) list.push(this.value());
    this.depth--;
    return list;
  }

  /** Each value takes a byte at least: a count that cannot be true is not even begun with. */
  private enter(start: number, values: number): void {
    if (++this.depth > this.depthMax) {
      throw new PlainError("TOO_DEEP", { at: start }, `more than ${this.depthMax} levels`);
    }
    if (values > this.bytes.length - this.at) throw this.cutShort();
  }

  private text(start: number, length: number): string {
    const from = this.take(length);
    const text = readUtf8(this.bytes, from, from + length);
    if (text === undefined) throw invalid(start, "a string that is not UTF-8");
    return text;
  }

  private binary(length: number): Uint8Array {
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }

  private uint(size: number): number {
    const { bytes } = this;
    const from = this.take(size);
    if (size === 1) return bytes[from]!;
    if (size === 2) return (bytes[from]! << 8) | bytes[from + 1]!;
    return this.view.getUint32(from);
  }

  private int(start: number, size: number): number {
    const { view } = this;
    if (size === 8) return this.long(start, true);
    const from = this.take(size);
    if (size === 1) return view.getInt8(from);
    return size === 2 ? view.getInt16(from) : view.getInt32(from);
  }

  private long(start: number, signed: boolean): number {
    const { view } = this;
    const from = this.take(8);
    const high = signed ? view.getInt32(from) : view.getUint32(from);
    const value = high * twoTo32 + view.getUint32(from + 4);
    if (!Number.isSafeInteger(value)) throw invalid(start, "an integer beyond 2^53 - 1");
    return value;
  }

  private get view(): DataView {
    const { bytes } = this;
    return (this.viewMade ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  private take(size: number): number {
    const from = this.at;
    if (size > this.bytes.length - from) throw this.cutShort();
    this.at = from + size;
    return from;
  }

  private cutShort(): PlainError {
    return invalid(this.bytes.length, "it ends too early");
  }
}

function invalid(at: number, detail: string): PlainError {
  return new PlainError("MSGPACK_INVALID", { at }, detail);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
