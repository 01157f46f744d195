import type { IncomingMessage } from "node:http";
import type { CloseReason } from "./errors.ts";
import { LazyEmitter } from "./lazy-emitter.ts";
import type { Outgoing } from "./outgoing.ts";
import type { EngineServer } from "./server.ts";
import type { Transport } from "./transport.ts";

/** The layer above a connection. Set it in `EngineServer.onConnection`, before the first message can arrive. */
export interface ConnectionHandler {
  /** A text message; it starts at `offset`, behind the engine's type digit, so that nothing is sliced. */
  onText(text: string, offset: number): void;
  /** A binary message. */
  onBinary(data: Buffer): void;
  /** The transport can take packets again. */
  onDrain?(): void;
  /** The connection is gone: once, last. */
  onClose(reason: CloseReason, description?: unknown): void;
}

export interface SendOptions {
  /** Whether the transport may compress this message. Default true. */
  compress?: boolean | undefined;
}

export type SendCallback = (transport: Transport) => void;
export type ReadyState = "opening" | "open" | "closing" | "closed";

/** A packet as the compatibility events show it. */
export interface PacketEvent {
  type: string;
  data?: string | Uint8Array | undefined;
  options?: SendOptions | undefined;
}

/** Events for users of `socket.conn`; none of them costs anything without a listener. */
export interface ConnectionEvents {
  open: [];
  packet: [packet: PacketEvent];
  packetCreate: [packet: PacketEvent];
  data: [data: string | Buffer];
  message: [data: string | Buffer];
  heartbeat: [];
  flush: [packets: readonly PacketEvent[]];
  drain: [];
  upgrading: [transport: Transport];
  upgrade: [transport: Transport];
  error: [error: Error];
  close: [reason: CloseReason, description?: unknown];
}

/** One client's line: an id, a heartbeat, and one transport at a time. */
export class Connection extends LazyEmitter<ConnectionEvents> {
  readonly id: string;
  readonly server: EngineServer;
  /** Revision of the Engine.IO protocol. */
  readonly protocol: 3 | 4 = 4;
  readonly remoteAddress: string;
  transport: Transport;
  handler: ConnectionHandler | undefined = undefined;
  readyState: ReadyState = "opening";
  upgraded = false;
  upgrading = false;
  private readonly firstRequest: IncomingMessage;

  constructor(id: string, server: EngineServer, transport: Transport, request: IncomingMessage) {
    super();
    this.id = id;
    this.server = server;
    this.transport = transport;
    this.firstRequest = request;
    this.remoteAddress = request.socket.remoteAddress ?? "";
  }

  /** The first request of the session. */
  get request(): IncomingMessage {
    return this.firstRequest;
  }

  /** Whether a packet would leave at once: false from the first packet of a tick until its flush. */
  get writable(): boolean {
    return this.readyState === "open" && this.transport.writable;
  }

  /** Sends a message that is already encoded; the road of the layer above. */
  sendOutgoing(_outgoing: Outgoing): void {
    throw new Error("not built yet");
  }

  /** Sends one message. `callback` is called when the transport has taken it. */
  send(
    _data: string | Uint8Array | ArrayBuffer,
    _options?: SendOptions,
    _callback?: SendCallback,
  ): this {
    throw new Error("not built yet");
  }

  /** The same as {@link send}. */
  write(
    data: string | Uint8Array | ArrayBuffer,
    options?: SendOptions,
    callback?: SendCallback,
  ): this {
    return this.send(data, options, callback);
  }

  /** Ends the connection after what is queued has left, or at once with `discard`. Idempotent. */
  close(_discard = false): void {
    throw new Error("not built yet");
  }
}
