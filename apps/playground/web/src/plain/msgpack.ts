// As much of https://github.com/msgpack/msgpack/blob/master/spec.md as a chat needs.

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder();

/** The bytes of JSON-like data. Throws a TypeError for what JSON has no place for. */
export function encodeMsgpack(value: unknown): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  write(value, out);
  return Uint8Array.from(out);
}

/** What the bytes say. Throws a RangeError when they end too early, a TypeError for extensions. */
export function decodeMsgpack(bytes: Uint8Array): unknown {
  return new Reader(bytes).value();
}

function write(value: unknown, out: number[]): void {
  if (value === null || value === undefined) out.push(0xc0);
  else if (typeof value === "boolean") out.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "number") writeNumber(value, out);
  else if (typeof value === "string") {
    const text = utf8Encoder.encode(value);
    writeHead(text.length, { fix: 0xa0, fixMax: 31, wide: 0xda }, out);
    for (const byte of text) out.push(byte);
  } else if (Array.isArray(value)) {
    writeHead(value.length, { fix: 0x90, fixMax: 15, wide: 0xdc }, out);
    for (const item of value) write(item, out);
  } else if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    writeHead(entries.length, { fix: 0x80, fixMax: 15, wide: 0xde }, out);
    for (const [key, item] of entries) {
      write(key, out);
      write(item, out);
    }
  } else throw new TypeError(`a ${typeof value} cannot be sent`);
}

function writeNumber(value: number, out: number[]): void {
  if (Number.isInteger(value) && value >= 0 && value < 128) {
    out.push(value);
    return;
  }
  const isIndex = Number.isInteger(value) && value >= 0 && value < 2 ** 32;
  const view = new DataView(new ArrayBuffer(isIndex ? 4 : 8));
  if (isIndex) view.setUint32(0, value);
  else view.setFloat64(0, value);
  out.push(isIndex ? 0xce : 0xcb, ...new Uint8Array(view.buffer));
}

interface Head {
  readonly fix: number;
  readonly fixMax: number;
  /** With 16 bits; the byte after it has 32. */
  readonly wide: number;
}

function writeHead(length: number, { fix, fixMax, wide }: Head, out: number[]): void {
  if (length <= fixMax) out.push(fix | length);
  else if (length < 65_536) out.push(wide, length >>> 8, length & 255);
  else out.push(wide + 1, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255);
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const tag = this.#uint(1);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return this.#map(tag & 15);
    if (tag < 0xa0) return this.#list(tag & 15);
    if (tag < 0xc0) return this.#text(tag & 31);
    if (tag >= 0xe0) return tag - 256;
    return this.#tagged(tag);
  }

  #tagged(tag: number): unknown {
    const { [tag]: known } = simple;
    if (known !== undefined) return known.value;
    // Each family stands in a row, its widths one after the other.
    if (tag >= 0xc4 && tag <= 0xc6) return this.#take(this.#uint(1 << (tag - 0xc4)));
    if (tag === 0xca) return this.#view.getFloat32(this.#skip(4));
    if (tag === 0xcb) return this.#view.getFloat64(this.#skip(8));
    if (tag >= 0xcc && tag <= 0xce) return this.#uint(1 << (tag - 0xcc));
    if (tag === 0xcf) return Number(this.#view.getBigUint64(this.#skip(8)));
    if (tag === 0xd0) return this.#view.getInt8(this.#skip(1));
    if (tag === 0xd1) return this.#view.getInt16(this.#skip(2));
    if (tag === 0xd2) return this.#view.getInt32(this.#skip(4));
    if (tag === 0xd3) return Number(this.#view.getBigInt64(this.#skip(8)));
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(this.#uint(1 << (tag - 0xd9)));
    if (tag >= 0xdc && tag <= 0xdd) return this.#list(this.#uint(2 << (tag - 0xdc)));
    if (tag >= 0xde) return this.#map(this.#uint(2 << (tag - 0xde)));
    throw new TypeError(`no such thing is expected: 0x${tag.toString(16)}`);
  }

  #uint(width: number): number {
    const at = this.#skip(width);
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }

  #take(length: number): Uint8Array {
    const at = this.#skip(length);
    if (this.#at > this.#bytes.length) throw new RangeError("the bytes end too early");
    return this.#bytes.subarray(at, this.#at);
  }

  #text(length: number): string {
    return utf8Decoder.decode(this.#take(length));
  }

  #list(length: number): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) items.push(this.value());
    return items;
  }

  #map(length: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let i = 0; i < length; i++) entries.push([String(this.value()), this.value()]);
    return Object.fromEntries(entries);
  }
}

const simple: Readonly<Record<number, { readonly value: unknown }>> = {
  0xc0: { value: null },
  0xc2: { value: false },
  0xc3: { value: true },
};
