import { deliveryEvents } from "@hawser/protocol/internal";
import { encodeArguments, encodeHead, PacketType, SocketDecoder } from "@hawser/protocol";
import { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";

/** How the packets of a parser of its own are encoded; undefined: as Socket.IO does it. */
export type PacketForm = ((packet: SocketPacket, compress?: boolean) => Outgoing) | undefined;

/** What a message is made of, as the log keeps it. */
export interface MessageContent {
  readonly namespace: string;
  /** The JSON of the event's array. */
  readonly text: string;
  readonly attachments: readonly Uint8Array[];
}

/**
 * A message that is in the log, in the forms in which clients get it; each is made when somebody first needs it, and
 * shared by all who get it.
 */
export class DurableMessage {
  readonly offset: number;
  private readonly content: MessageContent;
  private readonly form: PacketForm;
  private readonly compress: boolean | undefined;
  private plainForm: Outgoing | undefined = undefined;
  private durableForm: Outgoing | undefined = undefined;
  private markedForm: Outgoing | undefined = undefined;
  private otherForms: Outgoing[] | undefined = undefined;
  private decoded: unknown[] | undefined = undefined;

  constructor(offset: number, content: MessageContent, form: PacketForm, compress?: boolean) {
    this.offset = offset;
    this.content = content;
    this.form = form;
    this.compress = compress;
  }

  /** For a client that knows nothing of delivery. */
  get plain(): Outgoing {
    return (this.plainForm ??= this.encode(this.content.text, () => this.event));
  }

  /** For a client with a session: `["$durable", offset, event, ...args]`. */
  get durable(): Outgoing {
    return (this.durableForm ??= this.encode(
      `["${deliveryEvents.durable}",${this.offset},${this.content.text.slice(1)}`,
      () => [deliveryEvents.durable, this.offset, ...this.event],
    ));
  }

  /** For an unmodified client with connection state recovery: the offset is one more argument, a string. */
  marked(epoch: string): Outgoing {
    const mark = offsetMark(epoch, this.offset);
    return (this.markedForm ??= this.encode(
      `${this.content.text.slice(0, -1)},${JSON.stringify(mark)}]`,
      () => [...this.event, mark],
    ));
  }

  /** For a client of another dialect, in the form that it makes of {@link plain}; its place among the forms of messages. */
  inForm(index: number, make: (plain: Outgoing) => Outgoing): Outgoing {
    const forms = (this.otherForms ??= []);
    return (forms[index] ??= make(this.plain));
  }

  /** The event and its arguments. */
  get event(): unknown[] {
    return (this.decoded ??= decodeEvent(this.content));
  }

  /** The same, as listeners of outgoing packets are given it: decoded only when there is one. */
  get data(): unknown[] {
    return this.event;
  }

  private encode(text: string, data: () => unknown[]): Outgoing {
    const { namespace, attachments } = this.content;
    if (this.form !== undefined) {
      return this.form({ type: PacketType.EVENT, nsp: namespace, data: data() }, this.compress);
    }
    const head = encodeHead(PacketType.EVENT, namespace, undefined, attachments.length);
    return new Outgoing(`4${head}${text}`, attachments, this.compress);
  }
}

/** An event as the log keeps it. Its attachments are copied: the application may go on writing on what it gave. */
export function encodeEvent(event: readonly unknown[]): Omit<MessageContent, "namespace"> {
  const { json, attachments } = encodeArguments(event);
  return { text: json, attachments: attachments.map((bytes) => Uint8Array.from(bytes)) };
}

/** The event of a message of the log. */
export function decodeEvent({ text, attachments }: Omit<MessageContent, "namespace">): unknown[] {
  const decoder = new SocketDecoder({ packetBytesMax: Number.MAX_SAFE_INTEGER });
  const head = encodeHead(PacketType.EVENT, "/", undefined, attachments.length);
  let packet = decoder.decodeText(head + text);
  for (const bytes of attachments) packet = decoder.decodeBinary(Buffer.from(bytes));
  return packet!.data as unknown[];
}

/** An offset as unmodified clients know it: it names the log, so that no other string is taken for one. */
export function offsetMark(epoch: string, offset: number): string {
  return `${epoch}.${offset.toString(36)}`;
}

/** The offset of a mark, when this log may have issued it. */
export function markedOffset(epoch: string, mark: string): number | undefined {
  if (!mark.startsWith(`${epoch}.`)) return undefined;
  const digits = mark.slice(epoch.length + 1);
  const offset = Number.parseInt(digits, 36);
  return offset >= 0 && offset.toString(36) === digits ? offset : undefined;
}

/** What a mark says, whichever log has issued it; undefined when it is none. */
export function markedPlace(mark: string): { epoch: string; offset: number } | undefined {
  const dot = mark.lastIndexOf(".");
  const epoch = mark.slice(0, Math.max(dot, 0));
  const offset = markedOffset(epoch, mark);
  return offset === undefined || !Number.isSafeInteger(offset) ? undefined : { epoch, offset };
}
