// Frames, built and read in the plainest way, with no code of the package under test.

/** One frame, right or wrong. */
export interface FrameSpec {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  /** Default true. */
  readonly fin?: boolean;
  /** RSV1, RSV2 and RSV3 as a number from 0 to 7: 4 is RSV1. Default 0. */
  readonly rsv?: number;
  /** Announces another length than that of the payload. */
  readonly saidLength?: bigint;
}

/** Opcodes of RFC 6455, section 5.2. */
export const op = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

const key = Buffer.of(0x37, 0xfa, 0x21, 0x3d);

/** The bytes of a frame, masked as those of a client are. */
export function encode(spec: FrameSpec, masked: boolean): Buffer {
  const payload = Buffer.from((spec.payload ?? "") as Uint8Array);
  const length = spec.saidLength ?? BigInt(payload.length);
  const head: number[] = [
    ((spec.fin ?? true) ? 0x80 : 0) | ((spec.rsv ?? 0) << 4) | spec.opcode,
    (masked ? 0x80 : 0) | (length < 126n ? Number(length) : length < 65_536n ? 126 : 127),
  ];
  const extended = length < 126n ? 0 : length < 65_536n ? 2 : 8;
  for (let byte = extended - 1; byte >= 0; byte -= 1)
    head.push(Number((length >> BigInt(8 * byte)) & 0xffn));
  if (!masked) return Buffer.concat([Buffer.from(head), payload]);
  for (let at = 0; at < payload.length; at += 1)
    payload[at] = (payload[at] as number) ^ (key[at & 3] as number);
  return Buffer.concat([Buffer.from(head), key, payload]);
}

/** A close frame's payload. */
export function closeBody(code: number, reason: string | Uint8Array = ""): Buffer {
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason as Uint8Array)]);
}

/** A frame as it came from the subject. */
export interface ReadFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Bytes to frames. What the subject sends must be right to the bit, so everything else throws. */
export class FrameParser {
  readonly #masked: boolean;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #needed = 2;

  constructor(masked: boolean) {
    this.#masked = masked;
  }

  /** Whether the bytes so far end with a whole frame. */
  get atBoundary(): boolean {
    return this.#bytes === 0;
  }

  *push(chunk: Buffer): Generator<ReadFrame> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#needed) {
      const [only] = this.#chunks;
      const all = only?.length === this.#bytes ? only : Buffer.concat(this.#chunks, this.#bytes);
      const frame = this.#parse(all);
      if (frame === undefined) {
        this.#chunks = [all];
        continue;
      }
      const rest = all.subarray(this.#needed);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#bytes = rest.length;
      this.#needed = 2;
      yield frame;
    }
  }

  /** The frame that starts the bytes; or undefined, and `#needed` says how many it takes to go on. */
  #parse(bytes: Buffer): ReadFrame | undefined {
    const first = bytes.readUInt8(0);
    const second = bytes.readUInt8(1);
    if (second >= 0x80 !== this.#masked)
      throw new Error(`the subject's frame is ${this.#masked ? "not " : ""}masked`);
    const short = second & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const start = 2 + extended + (this.#masked ? 4 : 0);
    if (this.#lacks(bytes, start)) return undefined;
    const length =
      extended === 0
        ? short
        : extended === 2
          ? bytes.readUInt16BE(2)
          : Number(bytes.readBigUInt64BE(2));
    if ((extended === 2 && length < 126) || (extended === 8 && length < 65_536))
      throw new Error("the subject's length is not minimal");
    if (this.#lacks(bytes, start + length)) return undefined;
    const payload = bytes.subarray(start, start + length);
    if (this.#masked) unmask(payload, bytes.subarray(start - 4, start));
    return { fin: first >= 0x80, rsv: (first >> 4) & 7, opcode: first & 15, payload };
  }

  #lacks(bytes: Buffer, needed: number): boolean {
    this.#needed = needed;
    return bytes.length < needed;
  }
}

function unmask(payload: Buffer, by: Buffer): void {
  for (let at = 0; at < payload.length; at += 1)
    payload[at] = (payload[at] as number) ^ (by[at & 3] as number);
}
