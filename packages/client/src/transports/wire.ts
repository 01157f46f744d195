import {
  decodeEnginePacket,
  decodePayload,
  encodeEnginePacket,
  encodeEnginePacketAsText,
  encodePayload,
  isBlob,
} from "@hawser/protocol";
import type { EnginePacket } from "@hawser/protocol";
import { payloadLimits } from "../limits.ts";
import type { Binary, BinaryKind, Packet, RawData } from "./transport.ts";
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

/** Packets as the body of a POST. */
export function encodeBody(packets: readonly Packet[]): string {
  return encodePayload(packets.map(toEngine), bytes.base64);
}

/** The packets of a polling body. @throws {ProtocolError} */
export function decodeBody(body: string, kind: BinaryKind): Packet[] {
  return decodePayload(body, payloadLimits, bytes.base64).map((packet) => toPacket(packet, kind));
}

/** A packet as a WebSocket message. */
export function encodeMessage(packet: Packet, asText: boolean | undefined): RawData {
  const { data } = packet;
  if (asText) return encodeEnginePacketAsText(toEngine(packet), bytes.base64);
  return typeof data === "object" ? data : encodeEnginePacket(packet as EnginePacket);
}

/** The packet in a WebSocket message. @throws {ProtocolError} */
export function decodeMessage(
  data: RawData,
  kind: BinaryKind,
  asText: boolean | undefined,
): Packet {
  if (typeof data !== "string") return { type: "message", data };
  return toPacket(decodeEnginePacket(data, asText ? bytes.base64 : undefined), kind);
}

function toEngine({ type, data }: Packet): EnginePacket {
  return { type, data: typeof data === "object" ? toBytes(data) : data };
}

// Blobs were read before.
function toBytes(data: Binary): Uint8Array {
  if (data instanceof Uint8Array) return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data as ArrayBuffer);
}

// Bytes that came as base64 are handed over in the same form as those of a websocket.
function toPacket(packet: EnginePacket, kind: BinaryKind): Packet {
  const { type, data } = packet;
  if (typeof data !== "object") return packet as Packet;
  return { type, data: bytes.toBinary(data, kind) };
}
