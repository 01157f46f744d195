import type { Base64 } from "./base64.ts";
import { base64 } from "./base64.ts";
import type { EnginePacket } from "./engine-packet.ts";
import { decodeEnginePacketV3, encodeBinaryAsTextV3, encodeBinaryV3 } from "./engine-packet-v3.ts";
import { ProtocolError } from "./errors.ts";
import type { ProtocolLimits } from "./limits.ts";
import { integerDigitsMax, resolveLimits } from "./limits.ts";

const digitZero = 48;
const colon = 58;
const lengthEnd = 255;

// Every runtime has them, no matter the platform, and so no library of types without a platform does.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

/**
 * Packets, encoded as text or the bytes of a binary message, as the text of a polling body: each after its length in
 * UTF-16 units and a colon.
 */
export function encodePayloadV3(
  packets: readonly (string | Uint8Array)[],
  b64: Base64 = base64,
): string {
  let body = "";
  for (const packet of packets) {
    const text = typeof packet === "string" ? packet : encodeBinaryAsTextV3(packet, b64);
    body += `${text.length}:${text}`;
  }
  return body;
}

/**
 * The same as bytes, for clients that take them: each after a byte that tells text (0) from binary (1), the digits of
 * its length in bytes, one per byte, and 255.
 */
export function encodeBinaryPayloadV3(packets: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const packet of packets) {
    const isText = typeof packet === "string";
    const bytes = isText ? new TextEncoder().encode(packet) : encodeBinaryV3(packet);
    const digits = Array.from(String(bytes.length), Number);
    const head = Uint8Array.of(isText ? 0 : 1, ...digits, lengthEnd);
    parts.push(head, bytes);
    length += head.length + bytes.length;
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/**
 * Reads a polling body of text.
 *
 * @throws {ProtocolError} `PAYLOAD_LENGTH`, `PAYLOAD_PACKETS_TOO_MANY`, and what `decodeEnginePacketV3` throws
 */
export function decodePayloadV3(
  body: string,
  limits?: Partial<ProtocolLimits>,
  b64: Base64 = base64,
): EnginePacket[] {
  const packets = new Packets(limits);
  let at = 0;
  do {
    let length = 0;
    const start = at;
    for (; body.charCodeAt(at) !== colon; at++) {
      length = appendDigit(length, body.charCodeAt(at) - digitZero, at - start);
    }
    if (at === start) throw new ProtocolError("PAYLOAD_LENGTH", "no length");
    const end = at + 1 + length;
    if (end > body.length) throw new ProtocolError("PAYLOAD_LENGTH", "beyond the end");
    packets.add(decodeEnginePacketV3(body.slice(at + 1, end), b64));
    at = end;
  } while (at < body.length);
  return packets.list;
}

/**
 * Reads a polling body of bytes. Binary messages are views of it.
 *
 * @throws {ProtocolError} as {@link decodePayloadV3}
 */
export function decodeBinaryPayloadV3(
  body: Uint8Array,
  limits?: Partial<ProtocolLimits>,
  b64: Base64 = base64,
): EnginePacket[] {
  const packets = new Packets(limits);
  let at = 0;
  do {
    const kind = body[at++];
    if (kind !== 0 && kind !== 1)
      throw new ProtocolError("PAYLOAD_LENGTH", "neither text nor binary");
    let length = 0;
    const start = at;
    for (; body[at] !== lengthEnd; at++) length = appendDigit(length, body[at], at - start);
    if (at === start) throw new ProtocolError("PAYLOAD_LENGTH", "no length");
    const end = at + 1 + length;
    if (end > body.length) throw new ProtocolError("PAYLOAD_LENGTH", "beyond the end");
    const bytes = body.subarray(at + 1, end);
    packets.add(decodeEnginePacketV3(kind === 0 ? new TextDecoder().decode(bytes) : bytes, b64));
    at = end;
  } while (at < body.length);
  return packets.list;
}

/** A length with one more digit. The end of the body is no digit either. */
function appendDigit(length: number, digit: number | undefined, index: number): number {
  if (digit === undefined || !(digit >= 0 && digit <= 9) || index >= integerDigitsMax) {
    throw new ProtocolError("PAYLOAD_LENGTH");
  }
  return length * 10 + digit;
}

/** Packets of one body, counted while they are read. */
class Packets {
  readonly list: EnginePacket[] = [];
  private readonly max: number;

  constructor(limits: Partial<ProtocolLimits> | undefined) {
    this.max = resolveLimits(limits).payloadPacketsMax;
  }

  add(packet: EnginePacket): void {
    if (this.list.length >= this.max) {
      throw new ProtocolError("PAYLOAD_PACKETS_TOO_MANY", `more than ${this.max}`);
    }
    this.list.push(packet);
  }
}
