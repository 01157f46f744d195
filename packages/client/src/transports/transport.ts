import type { EngineOptions } from "../engine/options.ts";
import { TransportError } from "../errors.ts";
import type { ClientErrors } from "../errors.ts";
import { addressOf } from "../engine/endpoint.ts";

/** Bytes as the platform at hand has them. */
export type Binary = ArrayBuffer | ArrayBufferView | Blob;

/** A message of the connection. */
export type RawData = string | Binary;

/** An Engine.IO packet, outgoing ones with what the sender asked for. */
export interface Packet {
  type: "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop";
  data?: RawData;
  options?: WriteOptions | undefined;
}

/** Per message. */
export interface WriteOptions {
  /** Whether the message may be compressed. Default: true. */
  compress?: boolean;
}

/** How a transport closed. */
export interface CloseDetails {
  description: string;
  /** What the platform gave, such as a `CloseEvent`. */
  context?: unknown;
}

/** What the connection makes for a transport: the general options with those for this transport on top. */
export interface TransportOptions extends EngineOptions {
  query: Record<string, string>;
  hostname: string;
  secure: boolean;
  path: string;
  binaryType: BinaryKind;
}

/** How binary messages are handed over. */
export type BinaryKind = "arraybuffer" | "nodebuffer" | "blob";

/** Keeps what servers set and says what to return to them. */
export interface CookieJar {
  /** Takes the values of `Set-Cookie`. */
  store(setCookies: readonly string[]): void;
  /** The value of `Cookie`, empty when there is nothing to send. */
  header(): string;
}

/** The layer above a transport. */
export interface TransportHandler {
  onOpen(): void;
  onPacket(packet: Packet): void;
  /** What was handed to `send` has left. */
  onDrain(): void;
  /** The transport failed and is of no more use. */
  onError(error: Error): void;
  onClose(details?: CloseDetails): void;
}

/** How a transport is made. */
export type TransportCtor = new (options: TransportOptions) => Transport;

/** One wire that carries Engine.IO packets. */
export abstract class Transport {
  abstract get name(): string;
  /** Whether nothing is on its way out. */
  writable = false;
  /** Whether packets may be sent while others are on their way. */
  readonly pipelined: boolean = false;
  /** Query of every request; the connection adds its `sid`. */
  declare query: Record<string, string>;
  /** Whom to tell; nobody after the connection has let go of the transport. */
  declare handler: TransportHandler | undefined;
  protected state: "new" | "opening" | "open" | "pausing" | "closed" = "new";
  declare protected readonly opts: TransportOptions;

  constructor(options: TransportOptions) {
    this.opts = options;
    this.query = options.query;
  }

  /** Starts to connect. Reports nothing before it has returned. */
  abstract open(): void;
  /**
   * Sends packets in order, only while `writable`, unless `pipelined`. Returns how many it took: as many as a message
   * of `bytesMax` bytes can hold, at least one.
   */
  abstract send(packets: readonly Packet[], bytesMax?: number): number;
  /** Closes in an orderly way and reports nothing more. */
  abstract close(): void;
  /** Comes to rest without losing a packet, then calls `done`. */
  pause(_done: () => void): void {}
  /** Undoes `pause`. */
  resume(): void {}

  // A method, since the state may change inside calls that the type checker looks through.
  protected isClosed(): boolean {
    return this.state === "closed";
  }

  protected opened(): void {
    this.state = "open";
    this.writable = true;
    this.handler?.onOpen();
  }

  /** Tells of a failure, unless it is over already. */
  protected fail(text: keyof ClientErrors, description: unknown, context?: unknown): void {
    if (this.isClosed()) return;
    this.state = "closed";
    this.handler?.onError(new TransportError(text, description, context));
  }

  protected closed(description: string, context?: unknown): void {
    if (this.isClosed()) return;
    this.state = "closed";
    this.handler?.onClose({ description, context });
  }

  /** The address to ask, with a parameter against caches when `stamped`. */
  protected address(scheme: string, stamped: boolean | undefined): string {
    const { timestampParam = "t", forceBase64, port = "", ...opts } = this.opts;
    const query = { ...this.query };
    if (stamped) query[timestampParam] = String(Math.random());
    if (forceBase64) query["b64"] = "1";
    return addressOf(scheme, { ...opts, port, query });
  }
}
