import type { SocketPacket } from "../src/socket-packet.ts";
import { SocketDecoder } from "../src/socket-decoder.ts";

/** Reads a text and then its attachments, and demands that they make one packet. */
export function decodeAll(
  text: string,
  attachments: readonly Uint8Array[] = [],
  decoder: SocketDecoder = new SocketDecoder(),
): SocketPacket {
  let packet = decoder.decodeText(text);
  for (const attachment of attachments) {
    if (packet !== undefined) throw new Error("complete before the last attachment");
    packet = decoder.decodeBinary(attachment);
  }
  if (packet === undefined) throw new Error("still waiting for attachments");
  return packet;
}

/** A copy in which every binary value is a plain Uint8Array: what the other side gets to see. */
export function withPlainBytes(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return Uint8Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (Array.isArray(value)) return value.map(withPlainBytes);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withPlainBytes(item)]),
  );
}

/** A small generator of repeatable random numbers (mulberry32). */
export function randomSource(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Changes a text in one to three places: the characters that mean something come up often. */
export function mutate(text: string, random: (below: number) => number): string {
  const meaningful = '0123456789-/,?[]{}":\\_ .e\x1eb=+\u00e9\ud800';
  let result = text;
  for (let change = random(3); change >= 0; change--) {
    const at = random(result.length + 1);
    const unit = meaningful[random(meaningful.length)]!;
    const length = 1 + random(4);
    const forms = [
      () => result.slice(0, at) + unit + result.slice(at),
      () => result.slice(0, at) + unit + result.slice(at + 1),
      () => result.slice(0, at) + result.slice(at + length),
      () => result.slice(0, at),
      () => result.slice(0, at) + result.slice(at, at + length) + result.slice(at),
      () => result.slice(at) + result.slice(0, at),
    ];
    result = forms[random(forms.length)]!();
  }
  return result;
}
