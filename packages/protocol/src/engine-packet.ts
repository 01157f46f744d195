import type { Base64 } from "./base64.ts";
import { base64 } from "./base64.ts";
import { ProtocolError } from "./errors.ts";

/** Types of Engine.IO 4 packets, in the order of their digits. */
export type EnginePacketType = "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop";

/** One Engine.IO packet. Binary data is for messages only. */
export interface EnginePacket {
  readonly type: EnginePacketType;
  readonly data?: string | Uint8Array | undefined;
}

/** The type of each digit. */
export const enginePacketTypes: readonly EnginePacketType[] = [
  "open",
  "close",
  "ping",
  "pong",
  "message",
  "upgrade",
  "noop",
];

const digitZero = 48;
const letterB = 98;

/**
 * The form of WebSocket and WebTransport: digit and text, or the bare bytes of a binary message,
 * which are returned as given.
 *
 * @throws {ProtocolError} `ENGINE_BINARY_TYPE`, `ENGINE_PACKET_TYPE` (developer's fault)
 */
export function encodeEnginePacket(packet: EnginePacket): string | Uint8Array {
  const { type, data } = packet;
  if (data === undefined) return typeDigit(type);
  if (typeof data === "string") return typeDigit(type) + data;
  if (type !== "message") throw new ProtocolError("ENGINE_BINARY_TYPE", type);
  return data;
}

/**
 * The form of polling, and of a WebSocket without binary frames: a binary message becomes `b` and
 * base64.
 *
 * @throws {ProtocolError} as {@link encodeEnginePacket}
 */
export function encodeEnginePacketAsText(packet: EnginePacket, b64: Base64 = base64): string {
  const encoded = encodeEnginePacket(packet);
  return typeof encoded === "string" ? encoded : `b${b64.encode(encoded)}`;
}

/**
 * Reads one packet. Bytes are a binary message and are handed on as given. Text that begins with `b`
 * (a binary message as base64) is understood only with `b64`.
 *
 * @throws {ProtocolError} `ENGINE_PACKET_EMPTY`, `ENGINE_PACKET_TYPE`, `BASE64_INVALID`
 */
export function decodeEnginePacket(data: string | Uint8Array, b64?: Base64): EnginePacket {
  if (typeof data !== "string") return { type: "message", data };
  if (data.length === 0) throw new ProtocolError("ENGINE_PACKET_EMPTY");
  const first = data.charCodeAt(0);
  const type = enginePacketTypes[first - digitZero];
  if (type !== undefined) return { type, data: data.length > 1 ? data.slice(1) : undefined };
  if (first === letterB && b64 !== undefined) {
    return { type: "message", data: b64.decode(data.slice(1)) };
  }
  throw new ProtocolError("ENGINE_PACKET_TYPE");
}

function typeDigit(type: EnginePacketType): string {
  const digit = enginePacketTypes.indexOf(type);
  if (digit === -1) throw new ProtocolError("ENGINE_PACKET_TYPE", type);
  return String.fromCharCode(digitZero + digit);
}
