import type { SocketPacket } from "@hawser/protocol";
import { nextDelay } from "./backoff.ts";
import type { Codec, OutgoingPacket } from "./codec.ts";
import type { Connection } from "./engine/connection.ts";
import { timersFor } from "./engine/timers.ts";
import type { Timer, Timers } from "./engine/timers.ts";
import type { Parts } from "./parts.ts";
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
  /** The connection is open: ask for the namespace. */
  open(): void;
  /** A packet arrived, for any namespace. */
  packet(packet: SocketPacket): unknown;
  error(error: Error): unknown;
  close(reason: string, description?: DisconnectDescription): void;
}

/** A manager without its transports, which the entries of the package give it. */
export class BaseManager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  _EmitEvents extends EventsMap = ListenEvents,
> extends ManagerSettings<ManagerReservedEvents> {
  /** The connection; a new one for every attempt. Missing until the first. */
  declare engine: Connection;
  /** Read anew for every connection, so that changes show with the next one. */
  declare opts: Partial<ManagerOptions>;
  /** The address that was given. */
  declare readonly uri: string | undefined;
  /** Sockets by namespace. */
  readonly nsps: Record<string, Socket> = Object.create(null);
  /** @internal */
  declare _autoConnect: boolean;
  /** @internal */
  _readyState: "opening" | "open" | "closed" = "closed";

  /** @internal */
  declare readonly _parts: Parts;
  readonly #codec: Codec;
  readonly #timers: Timers;
  #reconnecting = false;
  // By the last of the namespaces, until the next one wants it.
  #isClosedForGood = false;
  // Namespaces that want the connection; the list is replaced, since what they are told may add and remove some.
  #active: readonly NamespaceHandler[] = [];
  // Of the attempt under way, or of the next one.
  #timer: Timer | undefined;

  constructor(
    parts: Parts,
    uri: string | Partial<ManagerOptions> | undefined,
    opts: Partial<ManagerOptions> | undefined,
  ) {
    const onlyOptions = typeof uri === "object";
    const given = { ...(onlyOptions ? uri : opts) };
    super(given);
    this._parts = parts;
    given.path ||= "/socket.io";
    this.opts = given;
    this.uri = onlyOptions ? undefined : uri;
    this.#timers = timersFor(given.useNativeTimers, given.autoUnref);
    this.#codec = parts.createCodec(given);
    this._autoConnect = given.autoConnect !== false;
    if (this._autoConnect) this.open();
  }

  /**
   * Connects, unless that has been done or is under way.
   * @param fn called with the outcome; with it, a failure does not lead to further attempts
   */
  open(fn?: (err?: Error) => void): this {
    if (this._readyState !== "closed") return this;
    const engine = (this.engine = this._parts.connect(this.uri, this.opts) as Connection);
    this._readyState = "opening";
    this.#isClosedForGood = false;

    const fail = (error: Error) => {
      if (this._readyState !== "opening") {
        this.#tell("error", error);
        return;
      }
      this.#detach();
      this._readyState = "closed";
      this.#tell("error", error);
      if (fn) fn(error);
      else if (!this.settings.attempts) this.#reconnect();
    };
    engine.handler = {
      open: () => {
        this.#timers.clear(this.#timer);
        this.#codec.reset();
        this._readyState = "open";
        this.#tell("open");
        fn?.();
      },
      message: (data) => this.#onMessage(data),
      ping: () => this.emitReserved("ping"),
      error: fail,
      close: (reason, description) =>
        this._readyState === "opening"
          ? fail(new ClientError("transport close", description))
          : this.#onClose(reason, description),
    };
    const { timeout } = this.settings;
    if (timeout !== false) {
      this.#timer = this.#timers.set(() => {
        fail(new ClientError("timeout"));
        engine.close();
      }, timeout as number);
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
    const known = this.#active.includes(handler);
    const wasOpen = this._readyState === "open";
    if (!known) this.#active = [...this.#active, handler];
    if (!this.#reconnecting) this.open();
    // Otherwise it hears of it like all.
    if (wasOpen && !known) handler.open();
  }

  /** @internal A socket is done with the connection; the last one closes it. */
  _leave(handler: NamespaceHandler): void {
    this.#active = this.#active.filter((each) => each !== handler);
    if (!this.#active.length) this._close();
  }

  /** @internal Sends a packet. */
  _packet(packet: OutgoingPacket): void {
    const { engine } = this;
    for (const message of this.#codec.encode(packet)) engine.send(message, packet.options);
  }

  /** @internal Closes, and stays closed. */
  _close(): void {
    this.#isClosedForGood = true;
    this.#reconnecting = false;
    this.#onClose("forced close");
  }

  // First the namespaces.
  #tell<Ev extends keyof NamespaceHandler>(
    event: Ev,
    ...args: Parameters<ManagerReservedEvents[Ev]>
  ): void {
    for (const handler of this.#active) {
      (handler[event] as (...args: unknown[]) => void)(...args);
    }
    this.emitReserved(event, ...args);
  }

  #onMessage(data: RawData): void {
    let packet: SocketPacket | undefined;
    try {
      packet = this.#codec.decode(data);
    } catch (error) {
      this.#onClose("parse error", error as Error);
      return;
    }
    if (packet) this.#tell("packet", packet);
  }

  #onClose(reason: string, description?: DisconnectDescription): void {
    this.#detach();
    this.engine?.close();
    this.settings.attempts = 0;
    this._readyState = "closed";
    this.#tell("close", reason, description);
    this.#reconnect();
  }

  // Whatever the connection has still to say concerns nobody.
  #detach(): void {
    this.#timers.clear(this.#timer);
    if (this.engine) this.engine.handler = undefined;
  }

  #isCalledOff(): boolean {
    return this.#isClosedForGood || !this.settings.reconnection;
  }

  #reconnect(): void {
    const { settings } = this;
    // A listener that was told of the loss may be connecting already.
    if (this.#reconnecting || this.#isCalledOff() || this._readyState !== "closed") return;
    if (settings.attempts >= settings.reconnectionAttempts) {
      settings.attempts = 0;
      this.emitReserved("reconnect_failed");
      return;
    }
    this.#reconnecting = true;
    const delayMs = nextDelay(settings);
    this.#timer = this.#timers.set(() => {
      if (this.#isCalledOff()) return;
      const { attempts } = settings;
      this.emitReserved("reconnect_attempt", attempts);
      // Its listeners may have called it off.
      if (this.#isCalledOff()) return;
      this.open((error) => {
        this.#reconnecting = false;
        if (error) {
          this.#reconnect();
          this.emitReserved("reconnect_error", error);
        } else {
          settings.attempts = 0;
          this.emitReserved("reconnect", attempts);
        }
      });
    }, delayMs);
  }
}
