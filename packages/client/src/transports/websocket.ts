import type { Packet, RawData } from "./transport.ts";
import { Transport } from "./transport.ts";
import { decodeMessage, encodeMessage, isBlob } from "./wire.ts";

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
  /** The socket, once it was asked for. */
  declare protected ws: WebSocketLike | undefined;
  override readonly pipelined: boolean = true;

  get name(): string {
    return "websocket";
  }

  /** Makes the socket; may throw for an address or options that make no sense. */
  protected abstract connect(url: string, protocols: string | string[] | undefined): WebSocketLike;

  /** Sends one packet. */
  protected transmit(packet: Packet): void {
    // A Blob has no base64 yet, and the server takes either.
    this.ws!.send(encodeMessage(packet, this.opts.forceBase64 && !isBlob(packet.data)));
  }

  open(): void {
    const { protocols, timestampRequests } = this.opts;
    this.state = "opening";
    let socket: WebSocketLike;
    try {
      socket = this.connect(
        this.address("ws", timestampRequests),
        protocols?.length ? protocols : undefined,
      );
    } catch (error) {
      queueMicrotask(() => this.fail("websocket error", error));
      return;
    }
    this.ws = socket;
    socket.onopen = () => {
      socket.binaryType = this.opts.binaryType;
      this.opened();
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = (event) => this.fail("websocket error", event);
    socket.onclose = (event) => this.closed("websocket connection closed", event);
  }

  send(packets: readonly Packet[]): number {
    for (const packet of packets) this.transmit(packet);
    // Packets of the same tick may follow, but volatile ones stop here.
    if (this.writable) {
      this.writable = false;
      queueMicrotask(() => {
        if (this.isClosed()) return;
        this.writable = true;
        this.handler?.onDrain();
      });
    }
    return packets.length;
  }

  close(): void {
    this.handler = undefined;
    this.state = "closed";
    this.ws?.close();
  }

  #receive(data: RawData): void {
    let packet: Packet;
    try {
      packet = decodeMessage(data, this.opts.binaryType);
    } catch (error) {
      this.fail("server error", "parser error", error);
      return;
    }
    this.handler?.onPacket(packet);
  }
}
