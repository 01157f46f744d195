import type { Base64 } from "./base64.ts";
import { base64 } from "./base64.ts";
import type { EnginePacket } from "./engine-packet.ts";
import { decodeEnginePacket, encodeEnginePacketAsText } from "./engine-packet.ts";
import { ProtocolError } from "./errors.ts";
import type { ProtocolLimits } from "./limits.ts";
import { resolveLimits } from "./limits.ts";

/** Stands between the packets of a polling body: U+001E, which JSON escapes and base64 lacks. */
export const payloadSeparator: string = "\x1e";

/**
 * Joins packets into one polling body.
 *
 * @throws {ProtocolError} as `encodeEnginePacket` (developer's fault)
 */
export function encodePayload(packets: readonly EnginePacket[], b64: Base64 = base64): string {
  let body = "";
  for (let i = 0; i < packets.length; i++) {
    if (i > 0) body += payloadSeparator;
    body += encodeEnginePacketAsText(packets[i]!, b64);
  }
  return body;
}

/**
 * Reads a polling body. The packets are counted while they are split, so that a body of separators
 * costs no more than the limit.
 *
 * @throws {ProtocolError} `PAYLOAD_PACKETS_TOO_MANY`, and what `decodeEnginePacket` throws
 */
export function decodePayload(
  body: string,
  limits?: Partial<ProtocolLimits>,
  b64: Base64 = base64,
): EnginePacket[] {
  const { payloadPacketsMax } = resolveLimits(limits);
  const packets: EnginePacket[] = [];
  let start = 0;
  while (start <= body.length) {
    if (packets.length >= payloadPacketsMax) {
      throw new ProtocolError("PAYLOAD_PACKETS_TOO_MANY", `more than ${payloadPacketsMax}`);
    }
    const separator = body.indexOf(payloadSeparator, start);
    const end = separator === -1 ? body.length : separator;
    packets.push(decodeEnginePacket(body.slice(start, end), b64));
    start = end + 1;
  }
  return packets;
}
