import type { Outgoing } from "../outgoing.ts";
import type { TransportHandler } from "../transport.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { WebSocketTransportBase, digitMessage } from "./websocket-base.ts";
import type { WebSocketLine } from "./websocket-base.ts";

/** A websocket whose frames are written one by one: for clients of another revision, and for the option `wsEngine`. */
export class CodedWebSocketTransport extends WebSocketTransportBase<WebSocketLine> {
  private readonly codec: FrameCodec;

  constructor(handler: TransportHandler, bufferedBytesMax: number, codec: FrameCodec) {
    super(handler, bufferedBytesMax);
    this.codec = codec;
  }

  write(message: Outgoing): void {
    if (this.isFull(message.size)) return;
    const { packet, attachments, compress } = message;
    if (packet !== undefined) this.line.sendText(packet, compress);
    for (const attachment of attachments) {
      const frame = this.codec.encodeBinary(attachment);
      if (typeof frame === "string") this.line.sendText(frame, compress);
      else this.line.sendBinary(frame, compress);
    }
  }

  onMessage(frame: string | Buffer): void {
    // Text messages are the same in all of them.
    if (typeof frame === "string" && frame.charCodeAt(0) === digitMessage) {
      this.handler.onText(frame, 1);
      return;
    }
    let packet;
    try {
      packet = this.codec.decode(frame);
    } catch (error) {
      this.handler.onInvalidPacket(error as Error);
      return;
    }
    const { type, data } = packet;
    if (type === "close") this.close();
    else if (type === "message") this.handler.onBinary(data as Buffer);
    else this.handler.onControl(type, data as string | undefined);
  }
}
