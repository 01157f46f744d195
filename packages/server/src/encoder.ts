import { encodeSocketPacket } from "@hawser/protocol";
import { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";

/** Finds the Outgoing that an array of encoded packets stands for. */
const carried: WeakMap<object, Outgoing> = new WeakMap();

/** Turns Socket.IO packets into messages of the engine. */
export class Encoder {
  /** Encodes a packet for the road of our own: once, for all who get it. */
  toOutgoing(packet: SocketPacket, compress?: boolean): Outgoing {
    const { text, attachments } = encodeSocketPacket(packet);
    return new Outgoing(`4${text}`, attachments, compress);
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
  const [text, ...attachments] = encoded as [string, ...Uint8Array[]];
  return new Outgoing(`4${text}`, attachments, compress);
}
