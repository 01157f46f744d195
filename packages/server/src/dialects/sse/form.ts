import { encodePlain, PacketType, plainOfSocketIo } from "@hawser/protocol";
import { nodeBase64, Outgoing } from "@hawser/engine/internal";
import { Encoder } from "../../encoder.ts";
import { offsetMark } from "../../delivery/durable-message.ts";
import type { PlainReply, SocketPacket } from "@hawser/protocol";
import type { DurableMessage } from "../../delivery/durable-message.ts";
import type { Codec } from "../../encoder.ts";

/** Where its form stands among those of a message. */
const formIndex = 3;

/** An event without acknowledgement, as text: nothing has to be parsed. */
const pureEvent = /^42(?:\/[^,]*,)?\[/;

/** What is written with one dollar more where binary stands in the text. */
const likeBinary = '$base64"';

/** One event of a stream. Line ends, which JSON has only between its words, would be read as its end. */
export function eventBlock(json: string): string {
  return `data: ${/[\r\n]/.test(json) ? json.replaceAll(/[\r\n]/g, " ") : json}\n\n`;
}

/** A message that the server makes itself. */
export function replyBlock(reply: PlainReply): string {
  return eventBlock(encodePlain(reply, nodeBase64).text);
}

/** What sets the position alone: browsers show no event for it. */
export function positionBlock(epoch: string, offset: number): string {
  return `id: ${offsetMark(epoch, offset)}\n\n`;
}

/** A text that stands on the wire as it is. */
export function outgoingOfBlock(block: string): Outgoing {
  return new Outgoing(block, undefined, false);
}

/** An event as streams have it, made once for all of them. */
export function formOf(message: Outgoing, codec: Codec): Outgoing {
  const forms = (message.forms ??= []);
  return (forms[formIndex] ??= outgoingOfBlock(blockOf(message, codec)));
}

/** A logged event, with its position. */
export function loggedFormOf(message: DurableMessage, epoch: string, codec: Codec): Outgoing {
  const mark = (plain: Outgoing): Outgoing =>
    outgoingOfBlock(`id: ${offsetMark(epoch, message.offset)}\n${formOf(plain, codec).packet!}`);
  return message.inForm(formIndex, mark);
}

/** An event for one client alone. It is never asked for an answer. */
export function formOfEvent({ nsp: namespace, data }: SocketPacket): Outgoing {
  const [event, ...args] = data as unknown[];
  return outgoingOfBlock(
    replyBlock({ type: "event", event: String(event), data: args, namespace }),
  );
}

/** Empty for what is no event. */
function blockOf(message: Outgoing, codec: Codec): string {
  const { packet, attachments } = message;
  const isText = attachments.length === 0 && packet !== undefined;
  if (
    isText &&
    codec instanceof Encoder &&
    pureEvent.test(packet) &&
    !packet.includes(likeBinary)
  ) {
    return eventBlock(plainOfSocketIo(packet, 1));
  }
  const decoded = codec.toPacket(message);
  return decoded.type === PacketType.EVENT ? formOfEvent(decoded).packet! : "";
}
