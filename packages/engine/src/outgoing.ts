import { frameBinary, frameText } from "@hawser/websocket/internal";
import type { SharedMessage } from "@hawser/websocket/internal";
import { textOfBinary } from "./binary-text.ts";
import { chunkOf } from "./http/chunk.ts";
import { SharedFrame } from "./shared-frame.ts";

/** The part of a WebSocket connection that a message writes itself to. */
export interface FrameSink {
  sendText(text: string, compress: boolean): void;
  sendBinary(data: Uint8Array, compress: boolean): void;
  /** A whole frame, shared with other connections, or what they have compressed together: never to be changed. */
  sendShared(first: number, frame: Uint8Array, message: SharedMessage, compress: boolean): void;
}

const noAttachments: readonly Uint8Array[] = [];

/**
 * One message on its way out: encoded once, handed to everybody who gets it, never changed. Its wire forms are kept
 * from the second taker on, so that a message for one costs no more than it must, and one for thousands is framed once.
 *
 * @example
 * const message = new Outgoing('42["price",17]');
 * for (const connection of members) connection.sendOutgoing(message);
 */
export class Outgoing {
  /**
   * The engine packet as text, type digit included (`42["hello"]`), or the bare text where the line is none of
   * Engine.IO; undefined for a message that is binary alone.
   */
  readonly packet: string | undefined;
  /** Binary messages that follow the text, in order. They must not change any more. */
  readonly attachments: readonly Uint8Array[];
  /** Whether a transport that compresses may compress it. */
  readonly compress: boolean;
  /** About how much it keeps waiting when it waits: UTF-16 units of the text, and bytes of the attachments. */
  readonly size: number;
  /** The same message in other dialects, by their numbers; made when the first of their clients takes it. */
  forms: (Outgoing | undefined)[] | undefined = undefined;
  /** Whether somebody took it before. */
  private taken = false;
  /** Its WebSocket frames; made for the second taker. */
  private frames: SharedFrame[] | undefined = undefined;
  /** Its form in a polling body; kept where making it costs something. */
  private pollingForm: string | undefined = undefined;
  /** Its form in a stream. */
  private chunkForm: Buffer | undefined = undefined;

  constructor(
    packet: string | undefined,
    attachments: readonly Uint8Array[] = noAttachments,
    compress = true,
  ) {
    this.packet = packet;
    this.attachments = attachments;
    this.compress = compress;
    let size = packet === undefined ? 0 : packet.length;
    if (attachments.length > 0) {
      for (const attachment of attachments) size += attachment.byteLength;
    }
    this.size = size;
  }

  /** Writes the message to one WebSocket connection. */
  writeTo(sink: FrameSink): void {
    if (this.taken) {
      this.frames ??= this.makeFrames();
      for (const frame of this.frames) {
        sink.sendShared(frame.first, frame.bytes, frame, this.compress);
      }
      return;
    }
    this.taken = true;
    if (this.packet !== undefined) sink.sendText(this.packet, this.compress);
    if (this.attachments.length === 0) return;
    for (const attachment of this.attachments) sink.sendBinary(attachment, this.compress);
  }

  /** The WebSocket frames, one for the text and one for each attachment. */
  get frameBytes(): readonly Uint8Array[] {
    return (this.frames ??= this.makeFrames()).map(({ bytes }) => bytes);
  }

  /** The message as it stands in a polling body. */
  get pollingText(): string {
    if (this.attachments.length === 0) return this.packet as string;
    return (this.pollingForm ??= this.makePollingText());
  }

  /** The text as a chunk of an HTTP body. Never to be changed. */
  get chunkBytes(): Buffer {
    return (this.chunkForm ??= chunkOf(this.packet ?? ""));
  }

  private makeFrames(): SharedFrame[] {
    const frames = this.packet === undefined ? [] : [frameText(this.packet)];
    for (const attachment of this.attachments) frames.push(frameBinary(attachment));
    return frames.map((bytes) => new SharedFrame(bytes));
  }

  private makePollingText(): string {
    const parts = this.attachments.map(textOfBinary);
    if (this.packet !== undefined) parts.unshift(this.packet);
    return parts.join("\x1e");
  }
}
