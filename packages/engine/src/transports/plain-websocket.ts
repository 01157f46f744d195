import { plainCloseReason, plainCloses } from "@hawser/protocol";
import { setUp } from "@hawser/websocket/internal";
import type { Connection as WebSocketConnection } from "@hawser/websocket/internal";
import type { PlainCloseName } from "@hawser/protocol";
import { EngineError } from "../errors.ts";
import type { Outgoing } from "../outgoing.ts";
import type { Parting, TransportHandler } from "../transport.ts";
import { WebSocketTransportBase } from "./websocket-base.ts";
import type { WebSocketTransportLimits } from "./websocket-base.ts";

/** How it says that it closes by itself. */
const partings: { readonly [Why in Parting]: PlainCloseName } = {
  "server close": "SHUTDOWN",
  "ping timeout": "PING_TIMEOUT",
};

/**
 * A websocket without Engine.IO on it: frames are messages as they are, and its heartbeat is the pings and pongs of RFC
 * 6455 itself.
 */
export class PlainWebSocketTransport extends WebSocketTransportBase<WebSocketConnection> {
  readonly bare = true;
  private readonly limits: Omit<WebSocketTransportLimits, "messageBytesMax">;
  private bytesMax: number;

  constructor(
    handler: TransportHandler,
    limits: Omit<WebSocketTransportLimits, "messageBytesMax">,
    messageBytesMax: number,
  ) {
    super(handler, limits.bufferedBytesMax);
    this.limits = limits;
    this.bytesMax = messageBytesMax;
  }

  /** Bytes of one message. A change holds from the next frame on, also of those that have come already. */
  get messageBytesMax(): number {
    return this.bytesMax;
  }

  set messageBytesMax(bytes: number) {
    if (bytes === this.bytesMax) return;
    this.bytesMax = bytes;
    const { closeTimeoutMs } = this.limits;
    this.line.limit(setUp("server", { payloadBytesMax: bytes, closeTimeoutMs }));
  }

  write(message: Outgoing): void {
    if (!this.isFull(message.size)) message.writeTo(this.line);
  }

  onMessage(data: string | Buffer): void {
    if (typeof data === "string") this.handler.onText(data, 0);
    else this.handler.onBinary(data);
  }

  /** It has been answered. */
  onPing(): void {
    this.handler.onControl("ping", undefined);
  }

  onPong(): void {
    this.handler.onControl("pong", undefined);
  }

  ping(): void {
    this.line.ping();
  }

  closeWith(code: number, reason: string): void {
    this.line.close(code, reason);
    this.end(undefined);
  }

  override close(): void {
    this.leave("CLOSED");
  }

  override discard(why?: Parting): void {
    this.leave(why === undefined ? "CLOSED" : partings[why]);
  }

  /** The code arrives when the client reads on soon. */
  override overflow(): void {
    this.onError(new EngineError("BUFFER_FULL"));
    this.line.giveUp(plainCloses.SLOW.code, plainCloseReason("SLOW"));
    this.end(this.failure);
  }

  private leave(why: PlainCloseName): void {
    this.closeWith(plainCloses[why].code, plainCloseReason(why));
  }
}
