import { encodeSocketPacket, SocketDecoder } from "@hawser/protocol";
import { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";

/** How this server's packets become messages of the engine. */
export interface Codec {
  /** Encodes a packet: once, for all who get it. */
  toOutgoing(packet: SocketPacket, compress?: boolean): Outgoing;
  /** The packet of a message that was encoded here. */
  toPacket(message: Outgoing): SocketPacket;
}

/** What adapters encode with: the chunks of a packet, texts and binary. */
export interface PacketEncoder {
  // oxlint-disable-next-line typescript/no-explicit-any -- as in the parsers of Socket.IO
  encode(packet: any): any[];
}

/** Finds the Outgoing that an array of encoded packets stands for. */
const carried: WeakMap<object, Outgoing> = new WeakMap();

/** Turns Socket.IO packets into messages of the engine. */
export class Encoder implements Codec, PacketEncoder {
  toOutgoing(packet: SocketPacket, compress?: boolean): Outgoing {
    const { text, attachments } = encodeSocketPacket(packet);
    return new Outgoing(`4${text}`, attachments, compress);
  }

  toPacket(message: Outgoing): SocketPacket {
    const decoder = new SocketDecoder();
    let packet = decoder.decodeText(message.packet!, 1);
    for (const attachment of message.attachments) packet = decoder.decodeBinary(attachment);
    return packet!;
  }

  /**
   * Encodes a packet as adapters written for Socket.IO do it: the text, then the attachments.
   * The array remembers its Outgoing, see {@link outgoingOf}.
   */
  encode(packet: SocketPacket): (string | Uint8Array)[] {
    const outgoing = this.toOutgoing(packet);
    const encoded = [outgoing.packet!.slice(1), ...outgoing.attachments];
    carried.set(encoded, outgoing);
    return encoded;
  }
}

/** The message of an encoded packet, whether it came from our encoder or was made by an adapter. */
export function outgoingOf(
  encoded: readonly (string | Uint8Array)[],
  compress?: boolean,
): Outgoing {
  const known = carried.get(encoded);
  if (known !== undefined && known.compress === (compress ?? true)) return known;
  const made = outgoingOfChunks(encoded, compress);
  // The same array goes to every member of a room: they share its frames.
  carried.set(encoded, made);
  return made;
}

/** The message of a text and the binary behind it, or of binary alone. */
export function outgoingOfChunks(
  chunks: readonly (string | Uint8Array)[],
  compress?: boolean,
): Outgoing {
  const [first] = chunks;
  if (typeof first === "string") {
    return new Outgoing(`4${first}`, chunks.slice(1) as Uint8Array[], compress);
  }
  return new Outgoing(undefined, chunks as Uint8Array[], compress);
}
