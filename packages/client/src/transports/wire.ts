import { ClientError } from "../errors.ts";
import type { BinaryKind, Packet, RawData } from "./transport.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
import { bytes } from "#bytes";

/** Stands between the packets of a polling body. */
const separator = "\x1e";

/** Types of Engine.IO 4 packets, in the order of their digits. */
const types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;

/** Of what a packet carries: whether its bytes can only be had later. */
export function isBlob(data: RawData | undefined): data is Blob {
  return typeof data === "object" && "arrayBuffer" in data;
}

/** The same packet with bytes in the place of a Blob. */
export async function readBlob(packet: Packet): Promise<Packet> {
  const { data } = packet;
  return isBlob(data) ? { ...packet, data: await data.arrayBuffer() } : packet;
}

/** Packets as the body of a POST; Blobs were read before. */
export function encodeBody(packets: readonly Packet[]): string {
  return packets.map((packet) => encodeMessage(packet, true) as string).join(separator);
}

/** The packets of a polling body. @throws for what is none */
export function decodeBody(body: string, kind: BinaryKind): Packet[] {
  return body.split(separator).map((text) => decodeMessage(text, kind));
}

/** A packet as a WebSocket message; `asText` for binary as base64. */
export function encodeMessage({ type, data = "" }: Packet, asText?: boolean): RawData {
  if (typeof data === "string") return types.indexOf(type) + data;
  return asText ? "b" + bytes.base64.encode(bytesOf(data as ArrayBuffer)) : data;
}

/** The packet in a message; binary may come as base64. @throws for what is none */
export function decodeMessage(message: RawData, kind: BinaryKind): Packet {
  if (typeof message !== "string") return { type: "message", data: message };
  const data = message.slice(1);
  if (message[0] === "b") {
    // Handed over in the same form as the bytes of a websocket.
    return { type: "message", data: bytes.toBinary(bytes.base64.decode(data), kind) };
  }
  const type = types[message[0] as unknown as number];
  if (!type) throw new ClientError("invalid packet");
  return data ? { type, data } : { type };
}

/** A view of all its bytes. */
export function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
