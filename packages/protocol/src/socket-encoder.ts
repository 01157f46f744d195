import { extractAttachments } from "./attachments.ts";
import type { Attachment } from "./binary.ts";
import { isBlob, toAttachment } from "./binary.ts";
import { ProtocolError } from "./errors.ts";
import type { SocketPacket } from "./socket-packet.ts";
import { PacketType, plainType } from "./socket-packet.ts";

/** As the second argument of `JSON.stringify`. */
export type JsonReplacer = (this: unknown, key: string, value: unknown) => unknown;

/** A packet on the wire: a text, then its attachments, each a binary message of its own. */
export interface EncodedPacket<A = Uint8Array> {
  readonly text: string;
  readonly attachments: readonly A[];
}

/** The arguments of an event or acknowledgement, without the head of a packet. */
export interface EncodedArguments<A = Uint8Array> {
  readonly json: string;
  readonly attachments: readonly A[];
}

const none: readonly never[] = Object.freeze([]);

/**
 * Writes a packet. EVENT and ACK become their `BINARY_` type when there is a binary value anywhere in
 * `data`; the given objects are not changed, and attachments share the memory of what was given.
 * Nothing is checked: reserved names and the like are for the public API above.
 *
 * @throws {ProtocolError} `BLOB_REFUSED`, see {@link encodeSocketPacketWithBlobs}
 * @throws {TypeError} for what JSON cannot say: circular structures, BigInt
 */
export function encodeSocketPacket(packet: SocketPacket, replacer?: JsonReplacer): EncodedPacket {
  const encoded = encodeSocketPacketWithBlobs(packet, replacer);
  refuseBlobs(encoded.attachments);
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
  const target = query === undefined ? nsp : `${nsp}?${query}`;
  if (data === undefined) return { text: encodeHead(type, target, id), attachments: none };
  if (type !== PacketType.EVENT && type !== PacketType.ACK) {
    return { text: encodeHead(type, target, id) + stringify(data, replacer), attachments: none };
  }
  const { json, attachments } = encodeWithBlobs(data as unknown[], replacer);
  return { text: encodeHead(type, target, id, attachments.length) + json, attachments };
}

/**
 * Everything of a packet that stands before its JSON. With attachments the type becomes its `BINARY_`
 * form. For a sender that keeps heads or arguments to use them again.
 */
export function encodeHead(
  type: PacketType,
  nsp: string,
  id?: number,
  attachments?: number,
): string {
  // 2 becomes 5 and 3 becomes 6.
  let head = attachments ? `${type + 3}${attachments}-` : `${type}`;
  if (nsp !== "/") head += `${nsp},`;
  return id === undefined ? head : head + id;
}

/**
 * Writes the arguments of an event or acknowledgement alone: together with {@link encodeHead} a whole
 * packet, as {@link encodeSocketPacket} writes it.
 *
 * @throws {ProtocolError} `BLOB_REFUSED`
 * @throws {TypeError} for what JSON cannot say: circular structures, BigInt
 */
export function encodeArguments(
  args: readonly unknown[],
  replacer?: JsonReplacer,
): EncodedArguments {
  const encoded = encodeWithBlobs(args, replacer);
  refuseBlobs(encoded.attachments);
  return encoded as EncodedArguments;
}

function encodeWithBlobs(
  args: readonly unknown[],
  replacer: JsonReplacer | undefined,
): EncodedArguments<Attachment> {
  if (isFlat(args)) return { json: stringify(args, replacer), attachments: none };
  const found: Attachment[] = [];
  if (replacer === undefined && isFlat(args, true))
    return { json: withViews(args, found), attachments: found };
  const json = stringify(extractAttachments(args, found), replacer);
  return { json, attachments: found.length === 0 ? none : found };
}

/** Nothing but primitives, and views where they are allowed: no walk is needed. */
function isFlat(args: readonly unknown[], allowViews: boolean = false): boolean {
  for (let i = 0; i < args.length; i++) {
    const item = args[i];
    if (typeof item !== "object" || item === null) continue;
    if (!allowViews || !ArrayBuffer.isView(item)) return false;
  }
  return true;
}

/** Flat arguments, without an object for each placeholder. */
function withViews(args: readonly unknown[], found: Attachment[]): string {
  let json = "[";
  for (let i = 0; i < args.length; i++) {
    const item = args[i];
    if (i > 0) json += ",";
    if (ArrayBuffer.isView(item)) {
      json += `{"_placeholder":true,"num":${found.push(toAttachment(item)) - 1}}`;
    } else json += JSON.stringify(item) ?? "null";
  }
  return `${json}]`;
}

function refuseBlobs(attachments: readonly Attachment[]): void {
  for (let i = 0; i < attachments.length; i++) {
    const attachment = attachments[i];
    if (!ArrayBuffer.isView(attachment) && isBlob(attachment))
      throw new ProtocolError("BLOB_REFUSED");
  }
}

function stringify(data: unknown, replacer: JsonReplacer | undefined): string {
  const json: string | undefined =
    replacer === undefined ? JSON.stringify(data) : JSON.stringify(data, replacer);
  return json ?? "";
}
