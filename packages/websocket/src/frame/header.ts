/** RFC 6455, section 5.2. The names are the first byte of an unfragmented frame: FIN and the opcode. */
export const FIN = 0x80;
export const RSV1 = 0x40;
export const RSV_ALL = 0x70;
export const OPCODE = 0x0f;

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** Bytes of the longest header: two, a 64-bit length, a masking key. */
export const headerBytesMax = 14;

/** Bytes of a frame's header, without the masking key. */
export function headerBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10;
}

/**
 * Writes a header without a masking key and returns where it ends. `maskBit` is 0x80 when a key follows. Always the
 * shortest form of the length, as section 5.2 demands.
 */
export function writeHeader(
  target: Uint8Array,
  at: number,
  first: number,
  maskBit: number,
  payloadBytes: number,
): number {
  target[at] = first;
  if (payloadBytes < 126) {
    target[at + 1] = maskBit | payloadBytes;
    return at + 2;
  }
  if (payloadBytes < 65_536) {
    target[at + 1] = maskBit | 126;
    target[at + 2] = payloadBytes >>> 8;
    target[at + 3] = payloadBytes;
    return at + 4;
  }
  const high = Math.floor(payloadBytes / 0x1_0000_0000);
  target[at + 1] = maskBit | 127;
  target[at + 2] = high >>> 24;
  target[at + 3] = high >>> 16;
  target[at + 4] = high >>> 8;
  target[at + 5] = high;
  target[at + 6] = payloadBytes >>> 24;
  target[at + 7] = payloadBytes >>> 16;
  target[at + 8] = payloadBytes >>> 8;
  target[at + 9] = payloadBytes;
  return at + 10;
}
