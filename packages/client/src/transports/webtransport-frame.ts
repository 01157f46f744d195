/**
 * Frames of Engine.IO over a WebTransport stream, which has no messages of its own: a bit for binary and seven of
 * length, where 126 says that two bytes of length follow and 127 that eight do (Engine.IO protocol, "WebTransport").
 */
const binaryBit = 0x80;
const lengthMask = 0x7f;
const twoBytes = 126;
const eightBytes = 127;

/** One message as a frame. */
export function encodeFrame(message: string | Uint8Array): Uint8Array {
  const isText = typeof message === "string";
  const payload = isText ? new TextEncoder().encode(message) : message;
  const { length } = payload;
  const extra = length < twoBytes ? 0 : length < 0x10000 ? 2 : 8;
  const frame = new Uint8Array(1 + extra + length);
  const view = new DataView(frame.buffer);
  const small = extra === 0 ? length : extra === 2 ? twoBytes : eightBytes;
  view.setUint8(0, small | (isText ? 0 : binaryBit));
  if (extra === 2) view.setUint16(1, length);
  if (extra === 8) view.setBigUint64(1, BigInt(length));
  frame.set(payload, 1 + extra);
  return frame;
}

/** Finds the messages in the bytes of a stream, however they were cut. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** Takes bytes, and returns the messages that they complete. @throws {RangeError} for a length beyond any memory */
  read(chunk: Uint8Array): (string | Uint8Array)[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const messages: (string | Uint8Array)[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) messages.push(next);
    return messages;
  }

  #next(): string | Uint8Array | undefined {
    if (this.#bytes === 0) return undefined;
    const first = this.#peek(1).getUint8(0);
    const small = first & lengthMask;
    const extra = small < twoBytes ? 0 : small === twoBytes ? 2 : 8;
    if (this.#bytes < 1 + extra) return undefined;
    const head = this.#peek(1 + extra);
    const length = extra === 0 ? small : extra === 2 ? head.getUint16(1) : sizeAt(head, 1);
    if (this.#bytes < 1 + extra + length) return undefined;
    const payload = this.#join(1 + extra + length).subarray(1 + extra);
    return first & binaryBit ? payload.slice() : new TextDecoder().decode(payload);
  }

  /** A look at the first bytes; a head may be cut as well. */
  #peek(length: number): DataView {
    while (this.#chunks[0]!.length < length) {
      const [one, two] = this.#chunks.splice(0, 2);
      this.#chunks.unshift(concat([one!, two!]));
    }
    const { buffer, byteOffset } = this.#chunks[0]!;
    return new DataView(buffer, byteOffset, length);
  }

  /** Takes the first bytes away. */
  #join(length: number): Uint8Array {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : concat(this.#chunks);
    this.#bytes -= length;
    this.#chunks = this.#bytes > 0 ? [all.subarray(length)] : [];
    return all.subarray(0, length);
  }
}

function sizeAt(view: DataView, offset: number): number {
  const size = view.getBigUint64(offset);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("frame too long");
  return Number(size);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
