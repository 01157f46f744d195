import { reservedEvents } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import { createAcks, takeCallback } from "./acks.ts";
import type { AckCallback, Acks } from "./acks.ts";
import { CatchAll } from "./catch-all.ts";
import type { OutgoingPacket } from "./codec.ts";
import { ClientError } from "./errors.ts";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  Untyped,
} from "./events.ts";
import { timersFor } from "./engine/timers.ts";
import type { NamespaceHandler } from "./base-manager.ts";
import type { Manager } from "./manager.ts";
import type {
  Auth,
  DisconnectDescription,
  DisconnectReason as Reason,
  ExtendedError,
  SocketOptions,
} from "./options.ts";
import { ACK, CONNECT, DISCONNECT, EVENT } from "./packets/types.ts";
import type { Flags, RetryQueue } from "./retry-queue.ts";

/** Events of a socket that do not come from the server's application. */
export interface SocketReservedEvents {
  /** Connected, for the first time or again. */
  connect: () => void;
  /** Not admitted (then `socket.active` is false), or the connection failed (then it is tried again). */
  connect_error: (err: ExtendedError) => void;
  disconnect: (reason: Reason, description?: DisconnectDescription) => void;
}

/**
 * One namespace on a server: emit events, listen to events.
 *
 * @example
 * const socket = io("https://example.com");
 * socket.on("news", (text) => console.log(text));
 * socket.emit("hello", { from: "me" });
 */
export class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends CatchAll<ListenEvents, EmitEvents, SocketReservedEvents> {
  /** The manager, which holds the connection. */
  declare readonly io: Manager<ListenEvents, EmitEvents>;
  /** Name of the namespace. */
  declare readonly nsp: string;
  /** Given by the server for as long as the socket is connected. */
  declare id: string | undefined;
  connected = false;
  /** Whether the last connect took up the session before it: same id, missed events replayed. */
  recovered = false;
  /** Sent with CONNECT; may be replaced before the next connect. */
  declare auth: Auth | undefined;
  /** Events that arrived before the server's CONNECT. */
  receiveBuffer: ReadonlyArray<Untyped>[] = [];
  /** Events that wait for the connection. */
  sendBuffer: OutgoingPacket[] = [];

  readonly #ackTimeoutMs: number | undefined;
  readonly #acks: Acks;
  readonly #queue: RetryQueue | undefined;
  // For the next emit.
  #flags: Flags = {};
  #joined = false;
  // Recovery: the secret name of the session, and what was received of it last.
  #pid: string | undefined;
  #offset: string | undefined;
  readonly #fromManager: NamespaceHandler;

  constructor(io: Manager<Untyped, Untyped>, nsp: string, opts: Partial<SocketOptions> = {}) {
    super();
    this.io = io;
    this.nsp = nsp;
    this.#ackTimeoutMs = opts.ackTimeout;
    this.auth = opts.auth;
    this.#acks = createAcks(timersFor(io.opts.useNativeTimers));
    this.#fromManager = {
      open: () => this.#onOpen(),
      packet: (packet) => packet.nsp === nsp && this.#onPacket(packet),
      error: (error) => this.connected || this.emitReserved("connect_error", error),
      close: (reason, description) => this.#onClose(reason as Reason, description),
    };
    opts.durable?.(this, this.#fromManager, (packet) => io._packet(packet));
    if (opts.retries) {
      this.#queue = io._parts.createRetryQueue?.(
        () => this.#canSend(),
        (args, flags) => this.#transmit(args, flags),
        opts.retries,
      );
    }
    if (io._autoConnect) this.connect();
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /** Whether the socket is connected or will be as soon as there is a connection. */
  get active(): boolean {
    return this.#joined;
  }

  /** Connects; needed with `autoConnect: false`, and after a disconnect that one side asked for. */
  connect(): this {
    if (this.connected) return this;
    this.#joined = true;
    this.io._join(this.#fromManager);
    return this;
  }

  /** The same as {@link connect}. */
  open(): this {
    return this.connect();
  }

  /** Disconnects; the socket does not come back by itself. The last socket closes the connection. */
  disconnect(): this {
    const { connected } = this;
    if (connected) this.#send(DISCONNECT);
    this.#leave();
    if (connected) this.#onClose("io client disconnect");
    return this;
  }

  /** The same as {@link disconnect}. */
  close(): this {
    return this.disconnect();
  }

  /** Emits a `message` event. */
  send(...args: Untyped[]): this {
    return this.emit("message", ...(args as EventParams<EmitEvents, "message">));
  }

  /**
   * Sends an event; kept until there is a connection. A function as the last argument is called with the server's
   * acknowledgement.
   * @throws {Error} for a reserved name
   */
  override emit<Ev extends EventNames<EmitEvents>>(
    event: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): this {
    if (reservedEvents.has(event as string)) {
      const subject = `"${String(event)}" is a `;
      throw new ClientError("reserved event name", undefined, subject);
    }
    const flags = this.#flags;
    this.#flags = {};
    if (this.#queue && !flags.volatile) this.#queue.add([event, ...args], flags);
    else this.#transmit([event, ...args], flags);
    return this;
  }

  /**
   * Sends an event and waits for the acknowledgement.
   * @throws {Error} (rejects) when the time limit of `timeout()` is over, or the connection is lost before
   * @example
   * const answer = await socket.timeout(1000).emitWithAck("question", 42);
   */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>> {
    return new Promise((resolve, reject) => {
      const done = (
        error: Error | null,
        value: FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>,
      ) => (error ? reject(error) : resolve(value));
      this.#flags.withError = true;
      this.emit(event, ...([...args, done] as EventParams<EmitEvents, Ev>));
    });
  }

  /** For the next emit: whether it may be compressed. */
  compress(compress: boolean): this {
    this.#flags.compress = compress;
    return this;
  }

  /** For the next emit: drop it when it cannot leave at once. */
  get volatile(): this {
    this.#flags.volatile = true;
    return this;
  }

  /** For the next emit: a time limit for the acknowledgement, in milliseconds; its callback takes an error first. */
  timeout(timeout: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>> {
    this.#flags.timeout = timeout;
    return this;
  }

  #canSend(): boolean {
    return this.connected && !this.io.engine.isExpired();
  }

  #transmit(args: unknown[], flags: Flags): void {
    const { timeout = this.#ackTimeoutMs, volatile, withError, compress = true } = flags;
    const canSend = this.#canSend();
    const drop = volatile && !(canSend && this.io.engine.writable);
    const packet: OutgoingPacket = {
      type: EVENT,
      nsp: this.nsp,
      data: args,
      options: { compress },
    };
    const callback = takeCallback(args);
    // One that could only wait for ever is not kept.
    if (callback && (!drop || timeout !== undefined)) {
      packet.id = this.#acks.add(callback, withError, timeout, (id) => {
        this.sendBuffer = this.sendBuffer.filter((unsent) => unsent.id !== id);
      });
    }
    if (drop) return;
    if (canSend) this.#sendEvent(packet);
    else this.sendBuffer.push(packet);
  }

  #sendEvent(packet: OutgoingPacket): void {
    this.tell(this.listenersAnyOutgoing(), packet.data as unknown[]);
    this.io._packet(packet);
  }

  #send(type: SocketPacket["type"], data?: unknown, id?: number): void {
    this.io._packet({ type, nsp: this.nsp, data, id });
  }

  #onOpen(): void {
    const { engine } = this.io;
    const connect = (auth: object | undefined) => {
      // An answer that took longer than the connection lived is of no use.
      if (!this.#joined || this.connected || engine !== this.io.engine) return;
      const recovery = this.#pid && { pid: this.#pid, offset: this.#offset };
      this.#send(CONNECT, recovery ? { ...recovery, ...auth } : auth);
    };
    if (typeof this.auth === "function") this.auth(connect);
    else connect(this.auth);
  }

  #onPacket({ type, data, id }: SocketPacket): void {
    if (type === CONNECT) {
      this.#onConnect(data as { sid?: string; pid?: string } | undefined);
    } else if (type === EVENT) {
      this.#onEvent(data as unknown[], id);
    } else if (type === ACK) {
      this.#acks.settle(id!, data as unknown[]);
    } else {
      this.#leave();
      if (type === DISCONNECT) this.#onClose("io server disconnect");
      else this.#onRefused(data as Pick<ExtendedError, "message" | "data">);
    }
  }

  #onRefused({ message, data }: Pick<ExtendedError, "message" | "data">): void {
    this.emitReserved("connect_error", Object.assign(new Error(message), { data }));
  }

  #onConnect(data: { sid?: string; pid?: string } | undefined): void {
    const { sid, pid } = data ?? {};
    if (!sid) {
      this.#onRefused({ message: "the server speaks Socket.IO 2" });
      return;
    }
    this.id = sid;
    this.recovered = !!pid && this.#pid === pid;
    this.#pid = pid;
    this.connected = true;

    const { receiveBuffer, sendBuffer } = this;
    this.receiveBuffer = [];
    this.sendBuffer = [];
    for (const args of receiveBuffer) this.#deliver(args);
    for (const packet of sendBuffer) this.#sendEvent(packet);
    this.#queue?.drain();
    this.emitReserved("connect");
  }

  #onEvent(args: unknown[], id: number | undefined): void {
    const last = args.at(-1);
    // Noted on arrival and not on delivery: an event in the receive buffer must not be replayed once more.
    if (id !== undefined) args.push(this.#acknowledge(id));
    else if (this.#pid && typeof last === "string") this.#offset = last;
    if (this.connected) this.#deliver(args);
    else this.receiveBuffer.push(args);
  }

  #deliver(args: readonly unknown[]): void {
    this.tell(this.listenersAny(), args);
    this.deliver(args[0] as string, args.slice(1));
  }

  // Answers once, and only on the connection on which it was asked: another one counts its ids anew.
  #acknowledge(id: number): AckCallback {
    const { engine } = this.io;
    let sent = false;
    return (...data: unknown[]) => {
      if (sent || engine !== this.io.engine) return;
      sent = true;
      this.#send(ACK, data, id);
    };
  }

  #onClose(reason: Reason, description?: DisconnectDescription): void {
    this.connected = false;
    this.id = undefined;
    this.emitReserved("disconnect", reason, description);
    this.#acks.release((id) => this.sendBuffer.some((packet) => packet.id === id));
  }

  #leave(): void {
    this.#joined = false;
    this.io._leave(this.#fromManager);
  }
}

/** The same name as the class, so that `Socket.DisconnectReason` can be written. */
export declare namespace Socket {
  /** Why a socket lost its connection. */
  type DisconnectReason = Parameters<SocketReservedEvents["disconnect"]>[0];
}
