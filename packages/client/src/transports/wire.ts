import {
  decodeEnginePacket,
  encodeEnginePacket,
  isBlob,
  payloadSeparator,
  toAttachment,
} from "@hawser/protocol";
import type { EnginePacket } from "@hawser/protocol";
import type { BinaryKind, Packet, RawData } from "./transport.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
import { bytes } from "#bytes";

/** Whether there is a Blob among the packets, whose bytes can only be had later. */
export function haveBlob(packets: readonly Packet[]): boolean {
  return packets.some((packet) => isBlob(packet.data));
}

/** The same packets with bytes in the place of Blobs. */
export function readBlobs(packets: readonly Packet[]): Promise<Packet[]> {
  return Promise.all(
    packets.map(async (packet) => {
      const { data } = packet;
      return isBlob(data) ? { ...packet, data: await data.arrayBuffer() } : packet;
    }),
  );
}

/** Packets as the body of a POST; Blobs were read before. */
export function encodeBody(packets: readonly Packet[]): string {
  const texts = packets.map((packet) => encodeMessage(packet, true) as string);
  return texts.join(payloadSeparator);
}

/** The packets of a polling body. @throws for what is none */
export function decodeBody(body: string, kind: BinaryKind): Packet[] {
  return body.split(payloadSeparator).map((text) => decodeMessage(text, kind, true));
}

/** A packet as a WebSocket message; `asText` for binary as base64. */
export function encodeMessage(packet: Packet, asText: boolean | undefined): RawData {
  const { data } = packet;
  if (typeof data !== "object") return encodeEnginePacket(packet as EnginePacket);
  return asText ? "b" + bytes.base64.encode(toAttachment(data) as Uint8Array) : data;
}

/** The packet in a WebSocket message. @throws for what is none */
export function decodeMessage(
  message: RawData,
  kind: BinaryKind,
  asText: boolean | undefined,
): Packet {
  if (typeof message !== "string") return { type: "message", data: message };
  const packet = decodeEnginePacket(message, asText ? bytes.base64 : undefined);
  const { type, data } = packet;
  // Bytes that came as base64 are handed over in the same form as those of a websocket.
  return typeof data === "object" ? { type, data: bytes.toBinary(data, kind) } : (packet as Packet);
}
