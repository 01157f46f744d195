import type { Base64 } from "./base64.ts";
import { base64 } from "./base64.ts";
import type { EnginePacket } from "./engine-packet.ts";
import { decodeEnginePacket, enginePacketTypes } from "./engine-packet.ts";
import { ProtocolError } from "./errors.ts";

/*
 * Engine.IO 3, which clients of Socket.IO 1 and 2 speak. Text packets are those of Engine.IO 4; binary ones carry
 * their type in front, as a byte, or as a digit before base64. Siblings alone import it, so that no bundle for
 * browsers has it.
 */

const letterB = 98;
const typeMessage = 4;

/** The form of a binary message on a WebSocket. */
export function encodeBinaryV3(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.byteLength + 1);
  bytes[0] = typeMessage;
  bytes.set(data, 1);
  return bytes;
}

/** The form of a binary message where only text can go. */
export function encodeBinaryAsTextV3(data: Uint8Array, b64: Base64 = base64): string {
  return `b${typeMessage}${b64.encode(data)}`;
}

/**
 * Reads one packet. Bytes of a message are a view of those given.
 *
 * @throws {ProtocolError} `ENGINE_PACKET_EMPTY`, `ENGINE_PACKET_TYPE`, `ENGINE_BINARY_UNEXPECTED`, `BASE64_INVALID`
 */
export function decodeEnginePacketV3(
  data: string | Uint8Array,
  b64: Base64 = base64,
): EnginePacket {
  if (typeof data !== "string") return decodeBinary(data);
  if (data.charCodeAt(0) !== letterB) return decodeEnginePacket(data);
  if (data.length < 2) throw new ProtocolError("ENGINE_PACKET_EMPTY");
  if (data.charAt(1) !== String(typeMessage)) throw new ProtocolError("ENGINE_BINARY_UNEXPECTED");
  return { type: "message", data: b64.decode(data.slice(2)) };
}

function decodeBinary(data: Uint8Array): EnginePacket {
  const [digit] = data;
  if (digit === undefined) throw new ProtocolError("ENGINE_PACKET_EMPTY");
  if (enginePacketTypes[digit] === undefined) throw new ProtocolError("ENGINE_PACKET_TYPE");
  if (digit !== typeMessage) throw new ProtocolError("ENGINE_BINARY_UNEXPECTED");
  return { type: "message", data: data.subarray(1) };
}
