import type { SocketPacket } from "@hawser/protocol";
import { defaultCodec, parserCodec } from "./codec.ts";
import type { Codec, OutgoingPacket } from "./codec.ts";
import { Connection } from "./engine/connection.ts";
import { timersFor } from "./engine/timers.ts";
import type { Timer } from "./engine/timers.ts";
import { ClientError } from "./errors.ts";
import type { DefaultEventsMap, EventsMap } from "./events.ts";
import { ManagerSettings } from "./manager-settings.ts";
import type { DisconnectDescription, ManagerOptions, SocketOptions } from "./options.ts";
import { Socket } from "./socket.ts";
import type { RawData } from "./transports/transport.ts";

/** What users may listen to on `socket.io`. */
export interface ManagerReservedEvents {
  open: () => void;
  error: (err: Error) => void;
  /** The server sent its heartbeat. */
  ping: () => void;
  packet: (packet: SocketPacket) => void;
  close: (reason: string, description?: DisconnectDescription) => void;
  reconnect_failed: () => void;
  reconnect_attempt: (attempt: number) => void;
  reconnect_error: (err: Error) => void;
  reconnect: (attempt: number) => void;
}

/** A namespace on the connection, as the manager sees it. */
export interface NamespaceHandler {
  readonly nsp: string;
  /** The connection is open: ask for the namespace. */
  onOpen(): void;
  onPacket(packet: SocketPacket): void;
  onError(error: Error): void;
  onClose(reason: string, description?: DisconnectDescription): void;
}

/** Holds one connection for any number of namespaces, and brings it back when it is lost. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  _EmitEvents extends EventsMap = ListenEvents,
> extends ManagerSettings<ManagerReservedEvents> {
  /** The connection; a new one for every attempt. Missing until the first. */
  engine!: Connection;
  /** Read anew for every connection, so that changes show with the next one. */
  opts: Partial<ManagerOptions>;
  /** The address that was given. */
  readonly uri: string | undefined;
  /** Sockets by namespace. */
  readonly nsps: Record<string, Socket> = Object.create(null);
  /** @internal */
  _autoConnect: boolean;
  /** @internal */
  _readyState: "opening" | "open" | "closed" = "closed";
  /** @internal */
  _reconnecting = false;

  readonly #codec: Codec;
  // Namespaces that want the connection.
  readonly #active = new Set<NamespaceHandler>();
  // Of the attempt under way, or of the next one.
  #timer: Timer | undefined;

  constructor(opts: Partial<ManagerOptions>);
  constructor(uri?: string, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>) {
    const given = { ...(typeof uri === "object" ? uri : opts) };
    super(given);
    given.path ||= "/socket.io";
    this.opts = given;
    this.uri = typeof uri === "object" ? undefined : uri;
    this.#codec = given.parser ? parserCodec(given.parser) : defaultCodec();
    this._autoConnect = given.autoConnect !== false;
    if (this._autoConnect) this.open();
  }

  /**
   * Connects, unless that has been done or is under way.
   * @param fn called with the outcome; with it, a failure does not lead to further attempts
   */
  open(fn?: (err?: Error) => void): this {
    if (this._readyState !== "closed") return this;
    const timers = timersFor(this.opts);
    const engine = (this.engine = new Connection(this.uri, this.opts));
    this._readyState = "opening";
    this.skipReconnect = false;

    const fail = (error: Error) => {
      this.#detach();
      this._readyState = "closed";
      this.#report(error);
      if (fn) fn(error);
      else if (this.reconnection() && this.backoff.attempts === 0) this.#reconnect();
    };
    engine.handler = {
      onOpen: () => {
        timers.clear(this.#timer);
        this.#onOpen();
        fn?.();
      },
      onMessage: (data) => this.#onMessage(data),
      onPing: () => this.emitReserved("ping"),
      onError: (error) => (this._readyState === "opening" ? fail(error) : this.#report(error)),
      onClose: (reason, description) =>
        this._readyState === "opening"
          ? fail(new ClientError("CONNECT_CLOSED", { cause: description }))
          : this.#onClose(reason, description),
    };
    const timeout = this.timeout();
    if (timeout !== false) {
      this.#timer = timers.set(() => {
        fail(new ClientError("CONNECT_TIMEOUT"));
        engine.close();
      }, Number(timeout));
    }
    engine.open();
    return this;
  }

  /** The same as {@link open}. */
  connect(fn?: (err?: Error) => void): this {
    return this.open(fn);
  }

  /** The socket of a namespace, made when it is asked for first. */
  socket(nsp: string, opts?: Partial<SocketOptions>): Socket {
    const known = this.nsps[nsp];
    if (known) {
      if (this._autoConnect && !known.active) known.connect();
      return known;
    }
    return (this.nsps[nsp] = new Socket(this, nsp, opts));
  }

  /** @internal A socket wants the connection. */
  _join(handler: NamespaceHandler): void {
    this.#active.add(handler);
  }

  /** @internal A socket is done with the connection; the last one closes it. */
  _leave(handler: NamespaceHandler): void {
    this.#active.delete(handler);
    if (!this.#active.size) this._close();
  }

  /** @internal Sends a packet. */
  _packet(packet: OutgoingPacket): void {
    const { engine } = this;
    this.#codec.encode(packet, (message) => engine.send(message, packet.options));
  }

  /** @internal Closes, and stays closed. */
  _close(): void {
    this.skipReconnect = true;
    this._reconnecting = false;
    this.#onClose("forced close");
  }

  // A copy: what they do may add and remove some.
  #handlers(): NamespaceHandler[] {
    return Array.from(this.#active);
  }

  #onOpen(): void {
    this.#codec.reset();
    this._readyState = "open";
    for (const handler of this.#handlers()) handler.onOpen();
    this.emitReserved("open");
  }

  #onMessage(data: RawData): void {
    let packet: SocketPacket | undefined;
    try {
      packet = this.#codec.decode(data);
    } catch (error) {
      this.#onClose("parse error", error as Error);
      return;
    }
    if (!packet) return;
    // Whoever leaves and joins again while being told must not be told twice.
    for (const handler of this.#handlers()) {
      if (handler.nsp === packet.nsp) handler.onPacket(packet);
    }
    this.emitReserved("packet", packet);
  }

  #report(error: Error): void {
    for (const handler of this.#handlers()) handler.onError(error);
    this.emitReserved("error", error);
  }

  #onClose(reason: string, description?: DisconnectDescription): void {
    this.#detach();
    this.engine?.close();
    this.backoff.reset();
    this._readyState = "closed";
    for (const handler of this.#handlers()) handler.onClose(reason, description);
    this.emitReserved("close", reason, description);
    if (this.reconnection()) this.#reconnect();
  }

  // Whatever the connection has still to say concerns nobody.
  #detach(): void {
    timersFor(this.opts).clear(this.#timer);
    if (this.engine) this.engine.handler = undefined;
  }

  #reconnect(): void {
    // A listener that was told of the loss may be connecting already.
    if (this._reconnecting || this.skipReconnect || this._readyState !== "closed") return;
    const { backoff } = this;
    if (backoff.attempts >= this.reconnectionAttempts()) {
      backoff.reset();
      this.emitReserved("reconnect_failed");
      return;
    }
    this._reconnecting = true;
    this.#timer = timersFor(this.opts).set(() => {
      if (this.skipReconnect) return;
      this.emitReserved("reconnect_attempt", backoff.attempts);
      // Its listeners may have called it off.
      if (this.skipReconnect) return;
      this.open((error) => {
        this._reconnecting = false;
        if (error) {
          this.#reconnect();
          this.emitReserved("reconnect_error", error);
        } else {
          const { attempts } = backoff;
          backoff.reset();
          this.emitReserved("reconnect", attempts);
        }
      });
    }, backoff.next());
  }
}
