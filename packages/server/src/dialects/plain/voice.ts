import {
  encodePlain,
  encodePlainMsgpack,
  plainMessageOfSocketIo,
  plainOfSocketIo,
} from "@hawser/protocol";
import { Outgoing } from "@hawser/engine/internal";
import { nodeBase64 } from "./node-base64.ts";
import type { PlainMessage } from "@hawser/protocol";

/** How one kind of plain clients is spoken to. */
export interface Voice {
  /** Where its form of a message stands among {@link Outgoing.forms}. */
  readonly index: number;
  /** Writes a message of its own. */
  say(message: PlainMessage, compress?: boolean): Outgoing;
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
  translate(message, position) {
    return msgpackVoice.say(messageOf(message, position), message.compress);
  },
};

function messageOf({ packet, attachments }: Outgoing, position: string | undefined): PlainMessage {
  return plainMessageOfSocketIo(packet!, attachments, 1, position);
}
