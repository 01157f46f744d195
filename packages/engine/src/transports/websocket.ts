import { decodeEnginePacket } from "@hawser/protocol";
import type { FrameSink, Outgoing } from "../outgoing.ts";
import type { ControlType } from "../transport.ts";
import { WebSocketTransportBase, digitMessage } from "./websocket-base.ts";
import type { WebSocketLine } from "./websocket-base.ts";

/** Engine.IO 4 over our own WebSocket layer: the road that messages take. */
export class WebSocketTransport extends WebSocketTransportBase<WebSocketLine & FrameSink> {
  write(message: Outgoing): void {
    if (!this.isFull(message.size)) message.writeTo(this.line);
  }

  onMessage(data: string | Buffer): void {
    if (typeof data !== "string") this.handler.onBinary(data);
    else if (data.charCodeAt(0) === digitMessage) this.handler.onText(data, 1);
    else this.onControl(data);
  }

  private onControl(text: string): void {
    let packet;
    try {
      packet = decodeEnginePacket(text);
    } catch (error) {
      this.handler.onInvalidPacket(error as Error);
      return;
    }
    if (packet.type === "close") this.close();
    else this.handler.onControl(packet.type as ControlType, packet.data as string | undefined);
  }
}
