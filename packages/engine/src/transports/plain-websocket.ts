import { setUp } from "@hawser/websocket/internal";
import type { Connection as WebSocketConnection } from "@hawser/websocket/internal";
import { EngineError } from "../errors.ts";
import type { Outgoing } from "../outgoing.ts";
import type { Parting, TransportHandler } from "../transport.ts";
import { WebSocketTransportBase } from "./websocket-base.ts";
import type { WebSocketTransportLimits } from "./websocket-base.ts";

/** A close frame: its code, and its reason. */
export type Farewell = readonly [code: number, reason: string];

/** What the engine says when it is the one to end such a line. `retry`: when to come back, in ms; false for never. */
export const farewells: {
  readonly [Cause in "closed" | "slow" | Parting]: Farewell;
} = {
  closed: [1000, '{"code":"CLOSED","retry":false}'],
  "server close": [1001, '{"code":"SHUTDOWN","retry":1000}'],
  "ping timeout": [4002, '{"code":"PING_TIMEOUT","retry":0}'],
  slow: [4004, '{"code":"SLOW","retry":1000}'],
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
    this.closeWith(...farewells.closed);
  }

  override discard(why?: Parting): void {
    this.closeWith(...farewells[why ?? "closed"]);
  }

  /** The code arrives when the client reads on soon. */
  override overflow(): void {
    this.onError(new EngineError("BUFFER_FULL"));
    this.line.giveUp(...farewells.slow);
    this.end(this.failure);
  }
}
