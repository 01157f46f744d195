import {
  encodePlain,
  encodePlainEvent,
  encodePlainMsgpack,
  PacketType,
  plainMessageOfSocketIo,
  plainOfSocketIo,
} from "@hawser/protocol";
import { nodeBase64, Outgoing } from "@hawser/engine/internal";
import type { PlainMessage, SocketPacket } from "@hawser/protocol";

/** How one kind of plain clients is spoken to. */
export interface Voice {
  /** Where its form of a message stands among {@link Outgoing.forms}. */
  readonly index: number;
  /** Writes a message of its own. */
  say(message: PlainMessage, compress?: boolean): Outgoing;
  /** Writes an event or an acknowledgement for one client alone. */
  write(packet: SocketPacket, compress?: boolean): Outgoing;
  /** Writes anew what has been written for Socket.IO. */
  translate(message: Outgoing, position?: string): Outgoing;
}

/** JSON, with binary in frames of its own. */
export const jsonVoice: Voice = {
  index: 0,
  say(message, compress) {
    const { text, attachments } = encodePlain(message);
    return new Outgoing(text, attachments, compress);
  },
  write(packet, compress) {
    const { type, nsp, id } = packet;
    const list = packet.data as [unknown, ...unknown[]];
    if (type !== PacketType.EVENT || typeof list[0] !== "string") {
      return jsonVoice.say(wordsOf(packet), compress);
    }
    const { text, attachments } = encodePlainEvent(list as [string], id, nsp);
    return new Outgoing(text, attachments, compress);
  },
  translate({ packet, attachments, compress }, position) {
    return new Outgoing(plainOfSocketIo(packet!, 1, position), attachments, compress);
  },
};

/** JSON, with binary inside. */
export const base64Voice: Voice = {
  index: 1,
  say(message, compress) {
    return new Outgoing(encodePlain(message, nodeBase64).text, undefined, compress);
  },
  write: (packet, compress) => base64Voice.say(wordsOf(packet), compress),
  translate(message, position) {
    return base64Voice.say(messageOf(message, position), message.compress);
  },
};

/** MessagePack. */
export const msgpackVoice: Voice = {
  index: 2,
  say(message, compress) {
    return new Outgoing(undefined, [encodePlainMsgpack(message)], compress);
  },
  write: (packet, compress) => msgpackVoice.say(wordsOf(packet), compress),
  translate(message, position) {
    return msgpackVoice.say(messageOf(message, position), message.compress);
  },
};

/** An event or an acknowledgement in the words of this dialect. */
export function wordsOf({ type, nsp: namespace, id, data }: SocketPacket): PlainMessage {
  const list = data as unknown[];
  if (type === PacketType.ACK) return { type: "ack", namespace, id: id!, data: list };
  return { type: "event", namespace, event: String(list[0]), data: list.slice(1), id };
}

function messageOf({ packet, attachments }: Outgoing, position: string | undefined): PlainMessage {
  return plainMessageOfSocketIo(packet!, attachments, 1, position);
}
