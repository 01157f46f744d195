import { decodeEnginePacket } from "@hawser/protocol";
import { acceptUpgrade } from "@hawser/websocket/internal";
import type {
  Connection as Line,
  ConnectionHandler as LineHandler,
  HandshakeError,
  WebSocketError,
} from "@hawser/websocket/internal";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { EngineError } from "../errors.ts";
import type { Outgoing } from "../outgoing.ts";
import type { ControlType, FlushCallback, Transport, TransportHandler } from "../transport.ts";

const digitMessage = 52;

/** What a websocket transport may hold. */
export interface WebSocketTransportLimits {
  readonly messageBytesMax: number;
  readonly bufferedBytesMax: number;
  readonly closeTimeoutMs: number;
}

/** How much is written between two looks at what the line has queued: the look itself is not free. */
const bytesBetweenChecks = 65_536;

/** One WebSocket connection as a transport: what is written goes straight to its queue, nothing waits here. */
export class WebSocketTransport implements Transport, LineHandler {
  readonly name = "websocket";
  handler: TransportHandler;
  /** Set before the first byte is read. */
  private line: Line = undefined as unknown as Line;
  private readonly bufferedBytesMax: number;
  private writtenSinceCheck = 0;
  /** Why the line failed; valid until `onClose`. */
  private failure: Error | undefined = undefined;
  private ended = false;

  private constructor(handler: TransportHandler, bufferedBytesMax: number) {
    this.handler = handler;
    this.bufferedBytesMax = bufferedBytesMax;
  }

  /** Accepts an upgrade request, or says why it is no WebSocket handshake, in which case nothing was written. */
  static accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    headers: readonly string[],
    limits: WebSocketTransportLimits,
    handler: TransportHandler,
  ): WebSocketTransport | HandshakeError {
    const transport = new WebSocketTransport(handler, limits.bufferedBytesMax);
    const { messageBytesMax, closeTimeoutMs } = limits;
    const options = { payloadBytesMax: messageBytesMax, closeTimeoutMs, headers };
    const line = acceptUpgrade(request, socket, head, options, transport);
    if (line instanceof Error) return line;
    transport.line = line;
    return transport;
  }

  get writable(): boolean {
    return this.line.idle;
  }

  write(message: Outgoing): void {
    if (this.writtenSinceCheck > bytesBetweenChecks) {
      this.writtenSinceCheck = 0;
      if (this.line.bufferedAmount > this.bufferedBytesMax) {
        this.overflow();
        return;
      }
    }
    this.writtenSinceCheck += message.size;
    message.writeTo(this.line);
  }

  afterFlush(callback: FlushCallback): void {
    this.line.afterFlush((error) => {
      if (error === undefined) callback();
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
  discard(): void {
    this.close();
  }

  // What follows is called by the line.

  onMessage(data: string | Buffer): void {
    if (typeof data !== "string") this.handler.onBinary(data);
    else if (data.charCodeAt(0) === digitMessage) this.handler.onText(data, 1);
    else this.onControl(data);
  }

  onDrain(): void {
    if (!this.ended) this.handler.onTransportDrain();
  }

  onError(error: WebSocketError): void {
    this.failure ??= error;
  }

  onClosing(): void {
    this.end(this.failure);
  }

  onClose(): void {
    this.end(this.failure);
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

  /** The client has stopped reading: what is queued for it will not arrive. */
  private overflow(): void {
    this.line.terminate();
    this.end(new EngineError("BUFFER_FULL"));
  }

  private end(failure: Error | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.handler.onTransportClose(failure);
  }
}
