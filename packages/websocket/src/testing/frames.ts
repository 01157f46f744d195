/** Frames for tests, built in the plainest way, and in no way that the code under test uses. */
export interface FrameSpec {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** Default true. */
  readonly fin?: boolean;
  /** RSV1, RSV2 and RSV3 as one number of three bits. Default 0. */
  readonly rsv?: number;
  /** Masking key; none on a frame of a server. */
  readonly key?: readonly [number, number, number, number];
  /** Forces the length to be written in 7, 16 or 64 bits. */
  readonly lengthBits?: 7 | 16 | 64;
  /** Announces another length than that of the payload. */
  readonly length?: bigint;
}

export const testKey = [0x37, 0xfa, 0x21, 0x3d] as const;

export function buildFrame(spec: FrameSpec): Buffer {
  const payload = Buffer.from(spec.payload ?? "");
  const length = spec.length ?? BigInt(payload.length);
  const bits = spec.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const bytes: number[] = [(spec.fin === false ? 0 : 0x80) | ((spec.rsv ?? 0) << 4) | spec.opcode];
  const masked = spec.key === undefined ? 0 : 0x80;
  if (bits === 7) bytes.push(masked | Number(length));
  else bytes.push(masked | (bits === 16 ? 126 : 127), ...bigEndian(length, bits / 8));
  if (spec.key !== undefined) bytes.push(...spec.key);
  const { key } = spec;
  const data =
    key === undefined ? payload : payload.map((byte, at) => byte ^ (key[at % 4] as number));
  return Buffer.concat([Buffer.from(bytes), data]);
}

/** A frame of a client. */
export function masked(spec: FrameSpec): Buffer {
  return buildFrame({ key: testKey, ...spec });
}

function bigEndian(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, at) =>
    Number((value >> BigInt(8 * (bytes - 1 - at))) & 0xffn),
  );
}

/** A frame that was read back. */
export interface ReadFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

/** Takes well-formed frames apart; throws when the bytes do not end with one. */
export function readFrames(bytes: Buffer): ReadFrame[] {
  const frames: ReadFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes.readUInt8(at);
    const second = bytes.readUInt8(at + 1);
    let length = second & 0x7f;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    const isMasked = (second & 0x80) !== 0;
    const key = isMasked ? bytes.subarray(at, at + 4) : Buffer.alloc(4);
    if (isMasked) at += 4;
    if (at + length > bytes.length) throw new Error("a frame is cut off");
    const payload = Buffer.from(bytes.subarray(at, at + length)).map(
      (byte, i) => byte ^ (key[i % 4] as number),
    );
    frames.push({
      fin: first >= 0x80,
      rsv: (first >> 4) & 7,
      opcode: first & 15,
      masked: isMasked,
      payload: Buffer.from(payload),
    });
    at += length;
  }
  return frames;
}

/** A close frame's payload. */
export function closeBytes(code: number, reason: string | Uint8Array = ""): Buffer {
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
}

/** Cuts bytes at the given places. Every piece has memory of its own, as chunks from a socket do. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [
    ...new Set(places.filter((place) => place > 0 && place < bytes.length)),
    bytes.length,
  ];
  ends.sort((a, b) => a - b);
  return ends.map((end, at) => ownCopy(bytes.subarray(ends[at - 1] ?? 0, end)));
}

/** A copy whose memory holds nothing else. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
