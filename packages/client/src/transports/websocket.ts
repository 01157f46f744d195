import type { Packet, RawData } from "./transport.ts";
import { TransportError } from "../errors.ts";
import type { ClientErrorCode } from "../errors.ts";
import { Transport } from "./transport.ts";
import { decodeMessage, encodeMessage, haveBlob, readBlobs } from "./wire.ts";

/** The part of a WebSocket that the transport uses, the browser's or one for Node.js. */
export interface WebSocketLike {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: RawData }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  onclose: ((event: unknown) => void) | null;
  send(data: RawData): void;
  close(): void;
}

/** Engine.IO over a WebSocket. Subclasses say where the socket comes from. */
export abstract class WebSocketTransport extends Transport {
  protected socket: WebSocketLike | undefined;
  // Set while a Blob is read.
  #reading: Promise<void> | undefined;
  override readonly pipelined: boolean = true;

  get name(): string {
    return "websocket";
  }

  /** Makes the socket; may throw for an address or options that make no sense. */
  protected abstract connect(url: string, protocols: string | string[] | undefined): WebSocketLike;

  open(): void {
    this.state = "opening";
    let socket: WebSocketLike;
    try {
      socket = this.connect(
        this.address("ws", this.opts.timestampRequests),
        this.opts.protocols?.length ? this.opts.protocols : undefined,
      );
    } catch (error) {
      queueMicrotask(() => this.#fail("WEBSOCKET_FAILED", error));
      return;
    }
    this.socket = socket;
    socket.binaryType = this.opts.binaryType;
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = (event) => this.#fail("WEBSOCKET_FAILED", event);
    socket.onclose = (context) => {
      if (!this.isClosed()) this.closed({ description: "websocket connection closed", context });
    };
  }

  send(packets: readonly Packet[]): void {
    if (this.#reading || (this.needsBytes() && haveBlob(packets))) this.#sendLater(packets);
    else this.#send(packets);
    // Packets of the same tick may follow, but volatile ones stop here.
    if (this.writable) {
      this.writable = false;
      queueMicrotask(() => {
        if (this.isClosed()) return;
        this.writable = true;
        this.handler?.onDrain();
      });
    }
  }

  close(): void {
    this.handler = undefined;
    this.state = "closed";
    this.socket?.close();
  }

  /** Whether Blobs have to be read before they are sent. */
  protected needsBytes(): boolean {
    return !!this.opts.forceBase64;
  }

  #send(packets: readonly Packet[]): void {
    for (const packet of packets) {
      this.socket!.send(encodeMessage(packet, this.opts.forceBase64));
    }
  }

  // What follows a Blob waits with it.
  #sendLater(packets: readonly Packet[]): void {
    const turn: Promise<void> = Promise.all([readBlobs(packets), this.#reading]).then(([read]) => {
      if (!this.isClosed()) this.#send(read);
      if (this.#reading === turn) this.#reading = undefined;
    });
    this.#reading = turn;
  }

  #receive(data: RawData): void {
    let packet: Packet;
    try {
      packet = decodeMessage(data, this.opts.binaryType, this.opts.forceBase64);
    } catch (error) {
      this.#fail("SERVER_ERROR", "parser error", error);
      return;
    }
    this.handler?.onPacket(packet);
  }

  #fail(code: ClientErrorCode, description: unknown, context?: unknown): void {
    if (!this.isClosed()) this.failed(new TransportError(code, description, context));
  }
}
