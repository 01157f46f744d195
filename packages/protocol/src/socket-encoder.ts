import { extractAttachments } from "./attachments.ts";
import type { Attachment } from "./binary.ts";
import { isBlob } from "./binary.ts";
import { ProtocolError } from "./errors.ts";
import type { SocketPacket } from "./socket-packet.ts";
import { PacketType } from "./socket-packet.ts";

/** As the second argument of `JSON.stringify`. */
export type JsonReplacer = (this: unknown, key: string, value: unknown) => unknown;

/** A packet on the wire: a text, then its attachments, each a binary message of its own. */
export interface EncodedPacket<A = Uint8Array> {
  readonly text: string;
  readonly attachments: readonly A[];
}

const none: readonly never[] = Object.freeze([]);

/**
 * Writes a packet. EVENT and ACK become their `BINARY_` type when there is a binary value anywhere in
 * `data`; the given objects are not changed, and attachments share the memory of what was given.
 *
 * @throws {ProtocolError} `BLOB_REFUSED`, see {@link encodeSocketPacketWithBlobs}
 * @throws {TypeError} for what JSON cannot say: circular structures, BigInt
 */
export function encodeSocketPacket(packet: SocketPacket, replacer?: JsonReplacer): EncodedPacket {
  const encoded = encodeSocketPacketWithBlobs(packet, replacer);
  const { attachments } = encoded;
  if (attachments !== none && attachments.some(isBlob)) throw new ProtocolError("BLOB_REFUSED");
  return encoded as EncodedPacket;
}

/**
 * The same for a sender that can wait for the bytes of a Blob or File: they are among the attachments
 * as they are.
 *
 * @throws {TypeError} for what JSON cannot say: circular structures, BigInt
 */
export function encodeSocketPacketWithBlobs(
  packet: SocketPacket,
  replacer?: JsonReplacer,
): EncodedPacket<Attachment> {
  const { data, nsp, id, query } = packet;
  const type = plainType(packet.type);
  const tail = addressOf(nsp, query) + (id === undefined ? "" : id);
  if (data === undefined) return { text: type + tail, attachments: none };
  if (type === PacketType.EVENT || type === PacketType.ACK) {
    return encodeArguments(type, tail, data as unknown[], replacer);
  }
  return { text: type + tail + stringify(data, replacer), attachments: none };
}

function encodeArguments(
  type: PacketType,
  tail: string,
  args: unknown[],
  replacer: JsonReplacer | undefined,
): EncodedPacket<Attachment> {
  if (isFlat(args)) return { text: type + tail + stringify(args, replacer), attachments: none };
  const attachments: Attachment[] = [];
  const json = stringify(extractAttachments(args, attachments), replacer);
  if (attachments.length === 0) return { text: type + tail + json, attachments: none };
  // 2 becomes 5 and 3 becomes 6.
  return { text: `${type + 3}${attachments.length}-${tail}${json}`, attachments };
}

/** Nothing but primitives: no walk is needed. */
function isFlat(args: readonly unknown[]): boolean {
  for (let i = 0; i < args.length; i++) {
    const item = args[i];
    if (typeof item === "object" && item !== null) return false;
  }
  return true;
}

function stringify(data: unknown, replacer: JsonReplacer | undefined): string {
  const json: string | undefined =
    replacer === undefined ? JSON.stringify(data) : JSON.stringify(data, replacer);
  return json ?? "";
}

function plainType(type: PacketType): PacketType {
  if (type === PacketType.BINARY_EVENT) return PacketType.EVENT;
  return type === PacketType.BINARY_ACK ? PacketType.ACK : type;
}

function addressOf(nsp: string, query: string | undefined): string {
  if (query !== undefined) return `${nsp}?${query},`;
  return nsp === "/" ? "" : `${nsp},`;
}
