/** The part of a WebSocket connection that a message writes itself to. */
export interface FrameSink {
  sendText(text: string): void;
  sendBinary(data: Uint8Array): void;
  /** Whole frames, shared with other connections: never to be changed. */
  sendFrames(frames: Uint8Array): void;
}

const noAttachments: readonly Uint8Array[] = [];

/**
 * One message on its way out: encoded once, handed to everybody who gets it, never changed. It keeps the wire forms
 * that more than one taker asks for.
 */
export class Outgoing {
  /** The engine packet as text, type digit included (`42["hello"]`); undefined for a message that is binary alone. */
  readonly packet: string | undefined;
  /** Binary messages that follow the text, in order. */
  readonly attachments: readonly Uint8Array[];
  /** Whether a transport that compresses may compress it. */
  readonly compress: boolean;

  constructor(
    packet: string | undefined,
    attachments: readonly Uint8Array[] = noAttachments,
    compress = true,
  ) {
    this.packet = packet;
    this.attachments = attachments;
    this.compress = compress;
  }

  /** Writes the message to one WebSocket connection. */
  writeTo(sink: FrameSink): void {
    if (this.packet !== undefined) sink.sendText(this.packet);
    for (const attachment of this.attachments) sink.sendBinary(attachment);
  }
}
