import { EngineError } from "../errors.ts";
import { SocketView } from "./socket-view.ts";
import type { ShownLine } from "./socket-view.ts";
import type { Outgoing } from "../outgoing.ts";
import type { FlushCallback, Parting, Transport, TransportHandler } from "../transport.ts";

/** What a websocket transport may hold. */
export interface WebSocketTransportLimits {
  readonly messageBytesMax: number;
  readonly bufferedBytesMax: number;
  readonly closeTimeoutMs: number;
}

/** What a websocket transport needs of its WebSocket connection, whoever made it. */
export interface WebSocketLine {
  /** Whether nothing waits to be written. */
  readonly idle: boolean;
  readonly bufferedAmount: number;
  sendText(text: string, compress?: boolean): void;
  sendBinary(data: Uint8Array, compress?: boolean): void;
  afterFlush(callback: (error?: Error | null) => void): void;
  requestDrain(): void;
  close(): void;
  terminate(): void;
  /** The WebSocket itself, where somebody else has made it. */
  readonly webSocket?: unknown;
}

/** What a line tells its transport. */
export interface WebSocketLineHandler {
  onMessage(data: string | Buffer): void;
  onDrain(): void;
  onError(error: Error): void;
  onClosing(): void;
  onClose(): void;
}

/** First character of a text message. */
export const digitMessage = 52;

/** How much is written between two looks at what the line has queued: the look itself is not free. */
const bytesBetweenChecks = 65_536;

/** One WebSocket connection as a transport: what is written goes straight to its queue, nothing waits here. */
export abstract class WebSocketTransportBase<Line extends WebSocketLine>
  implements Transport, WebSocketLineHandler
{
  readonly name = "websocket";
  handler: TransportHandler;
  /** Set before the first byte is read. */
  line: Line = undefined as unknown as Line;
  private readonly bufferedBytesMax: number;
  private writtenSinceCheck = 0;
  /** Why the line failed; valid until `onClose`. */
  protected failure: Error | undefined = undefined;
  private ended = false;

  constructor(handler: TransportHandler, bufferedBytesMax: number) {
    this.handler = handler;
    this.bufferedBytesMax = bufferedBytesMax;
  }

  get writable(): boolean {
    return this.line.idle;
  }

  /** The WebSocket of `wsEngine`, or of our own what can be shown: see {@link SocketView}. */
  get socket(): unknown {
    const { line } = this;
    return "webSocket" in line ? line.webSocket : new SocketView(line as unknown as ShownLine);
  }

  abstract write(message: Outgoing): void;

  abstract onMessage(data: string | Buffer): void;

  afterFlush(callback: FlushCallback): void {
    this.line.afterFlush((error) => {
      if (error === undefined || error === null) callback();
    });
  }

  requestDrain(): void {
    this.line.requestDrain();
  }

  close(): void {
    this.line.close();
    this.end(undefined);
  }

  /** The same as `close`: the line finishes its handshake by itself, in bounded time. */
  discard(_why?: Parting): void {
    this.close();
  }

  overflow(): void {
    this.onError(new EngineError("BUFFER_FULL"));
    this.line.terminate();
    this.end(this.failure);
  }

  // What follows is called by the line.

  onDrain(): void {
    if (!this.ended) this.handler.onTransportDrain();
  }

  onError(error: Error): void {
    this.failure ??= error;
  }

  onClosing(): void {
    this.end(this.failure);
  }

  onClose(): void {
    this.end(this.failure);
  }

  /** Counts what is about to be written; true when the client has stopped reading, so that it will not arrive. */
  protected isFull(size: number): boolean {
    if (this.writtenSinceCheck > bytesBetweenChecks) {
      this.writtenSinceCheck = 0;
      if (this.line.bufferedAmount > this.bufferedBytesMax) {
        this.overflow();
        return true;
      }
    }
    this.writtenSinceCheck += size;
    return false;
  }

  protected end(failure: Error | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.handler.onTransportClose(failure);
  }
}
