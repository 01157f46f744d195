import type { IncomingMessage, ServerResponse } from "node:http";
import { TimingWheel, sharedWheel, systemClock } from "@hawser/websocket/internal";
import type { AdmissionServices, RefusalContext } from "./admission.ts";
import type { Connection, PacketEvent } from "./connection.ts";
import { EngineAdmission } from "./engine-admission.ts";
import type { EngineOutcome } from "./engine-admission.ts";
import type { AnyHeaders, AnyMiddleware, AnyRequest } from "./erased.ts";
import { requestErrors } from "./errors.ts";
import type { RequestErrorName, RequestErrorNumbers } from "./errors.ts";
import { Handshake } from "./handshake.ts";
import { corsMiddleware } from "./http/cors.ts";
import { HttpGate } from "./http/gate.ts";
import type { Gate } from "./http/gate.ts";
import type { Middleware } from "./http/middleware.ts";
import { LazyEmitter } from "./lazy-emitter.ts";
import { defaultLimits } from "./limits.ts";
import type { EngineLimits } from "./limits.ts";
import type { EngineOptions, ResolvedOptions } from "./options.ts";
import { resolveOptions } from "./resolve-options.ts";
import { makeSessionId } from "./session-id.ts";
import type { TransportName } from "./transport.ts";
import type { PollingTransport } from "./transports/polling.ts";
import type { WebSocketOffer } from "./transports/websocket-acceptor.ts";

/** What `connection_error` carries: the request that was refused, and why. */
export interface ConnectionError {
  req: IncomingMessage;
  code: number;
  message: string;
  /** `name` tells causes of one code apart. */
  context: RefusalContext;
}

/** Events for users of an engine. */
export interface EngineServerEvents {
  connection: [connection: Connection];
  connection_error: [error: ConnectionError];
  /** Headers of the first answer of a connection; they may be changed. */
  initial_headers: [headers: AnyHeaders, request: AnyRequest];
  /** Headers of any answer of a connection; they may be changed. */
  headers: [headers: AnyHeaders, request: AnyRequest];
  /** Packets of a connection are handed to its transport. */
  flush: [connection: Connection, packets: readonly PacketEvent[]];
  /** What was handed to the transport of a connection has left. */
  drain: [connection: Connection];
}

/** The layer above one connection. */
export interface ConnectionTaker {
  onConnection(connection: Connection): void;
}

/** Further settings, for the layer above and for tests. */
export interface EngineInternals {
  readonly wheel?: TimingWheel;
  readonly limits?: Partial<EngineLimits>;
}

/** An Engine.IO server without the HTTP server that it stands on: sessions, admission, events. */
export abstract class BaseServer extends LazyEmitter<EngineServerEvents> {
  /** Numbers of refusals by name. */
  static readonly errors: RequestErrorNumbers = errorNumbers();
  /** Texts of refusals by number. */
  static readonly errorMessages: Readonly<Record<number, string>> = errorTexts();

  /** The settings in use. Changes made here have no effect. */
  readonly opts: ResolvedOptions;
  /** Open connections by session id. */
  readonly clients: Record<string, Connection> = Object.create(null) as Record<string, Connection>;
  /** How many connections are open. */
  clientsCount = 0;
  /** The layer above: called for each new connection, before the `connection` event. */
  onConnection: ((connection: Connection) => void) | undefined = undefined;
  /** @internal The clock of all connections. */
  readonly wheel: TimingWheel;
  /** @internal Whether somebody listens to the packets of all connections. */
  watchesPackets = false;
  /** @internal */
  protected readonly limits: EngineLimits;
  private readonly middlewares: Middleware[] = [];
  /** @internal */
  protected readonly admission: AdmissionServices;
  /** @internal */
  protected readonly handshake: Handshake;
  /** Where admitted requests go; one object each for all of them. */
  private readonly polls: EngineOutcome<HttpGate> = {
    onExisting: (gate, connection) =>
      (connection.transport as PollingTransport).onRequest(gate.request, gate.response()),
    onHandshake: (gate, id, query) =>
      this.welcome(this.handshake.openPolling(id, gate.request, gate.response(), query)),
  };
  private readonly upgradeRequests: EngineOutcome<WebSocketOffer> = {
    onExisting: (offer, connection, query) => {
      this.handshake.openUpgrade(connection, offer, query, (error) =>
        this.onWebSocketRefused(offer.request, error),
      );
    },
    onHandshake: (offer, id, query) => {
      this.handshake.openWebSocket(id, offer, query, (made) => {
        if (made instanceof Error) this.onWebSocketRefused(offer.request, made);
        else this.welcome(made);
      });
    },
  };
  private closed = false;

  /** @throws EngineError `OPTION_INVALID` for an option that cannot be used. */
  constructor(options: EngineOptions = {}, internals: EngineInternals = {}) {
    super();
    const opts = resolveOptions(options);
    this.opts = opts;
    this.wheel = internals.wheel ?? wheelFor(opts);
    const limits: EngineLimits = {
      ...defaultLimits,
      messageBytesMax: opts.maxHttpBufferSize,
      bufferedBytesMax: opts.maxBufferedBytes,
      ...internals.limits,
    };
    this.limits = limits;
    this.handshake = new Handshake(this, opts, limits, this.wheel, (connection) =>
      this.forget(connection),
    );
    this.admission = this.admissionServices(limits.admissionTimeoutMs);
    if (opts.cors !== undefined) this.use(corsMiddleware(opts.cors));
  }

  /** Transports that a connection may move to from `transport`. */
  upgrades(transport: TransportName): TransportName[] {
    const { allowUpgrades, transports } = this.opts;
    const possible = transport === "polling" && allowUpgrades && transports.includes("websocket");
    return possible ? ["websocket"] : [];
  }

  /**
   * Adds a middleware, which runs for websocket upgrades too.
   *
   * @example
   * engine.use(helmet());
   */
  use(middleware: AnyMiddleware): this {
    this.middlewares.push(middleware);
    return this;
  }

  /** Serves one HTTP request. */
  protected serve(request: IncomingMessage, response: ServerResponse): void {
    const gate = new HttpGate(request, response);
    new EngineAdmission(this.admission, gate, this.polls, gate).start();
  }

  /** Serves one wish for a websocket, which waits at `gate`. */
  protected serveUpgrade(gate: Gate, offer: WebSocketOffer): void {
    new EngineAdmission(this.admission, gate, this.upgradeRequests, offer).start();
  }

  /** Admits connections, also after a `close`. */
  protected open(): void {
    this.closed = false;
  }

  /** @internal Called by the emitter when somebody begins to listen. */
  onListen(event: string | symbol): void {
    if (event !== "flush" && event !== "drain") return;
    this.watchesPackets = true;
    for (const connection of Object.values(this.clients)) connection.observe();
  }

  /** Makes a session id. Override it, or assign another function; it may return a promise. */
  generateId(_request: IncomingMessage): string | PromiseLike<string> {
    return makeSessionId();
  }

  /** Closes all connections, with the reason `forced close`, and admits no more. */
  close(): this {
    this.closed = true;
    for (const connection of Object.values(this.clients)) connection.shutDown();
    return this;
  }

  private admissionServices(admissionTimeoutMs: number): AdmissionServices {
    const isClosed = (): boolean => this.closed;
    return {
      options: this.opts,
      middlewares: this.middlewares,
      wheel: this.wheel,
      admissionTimeoutMs,
      get admitting() {
        return !isClosed();
      },
      find: (id) => this.clients[id],
      generateId: (request) => this.generateId(request),
      onRefused: (request, name, message, context) =>
        this.onRefused(request, name, message, context),
    };
  }

  /** @internal Takes a new connection. `taker`: who has it in the place of `onConnection`. */
  protected welcome(connection: Connection, taker?: ConnectionTaker): void {
    if (connection.readyState !== "open") return;
    this.clients[connection.id] = connection;
    this.clientsCount++;
    if (taker === undefined) this.onConnection?.(connection);
    else taker.onConnection(connection);
    if (this.listenerCount("connection") > 0) this.emit("connection", connection);
    if (!this.isRequestShared()) connection.releaseRequest();
  }

  /** Whether code of the application has had requests in hand before they became connections. */
  private isRequestShared(): boolean {
    const own = this.opts.cors === undefined ? 0 : 1;
    return (
      this.middlewares.length > own ||
      this.opts.allowRequest !== undefined ||
      Reflect.get(this, "generateId") !== Reflect.get(BaseServer.prototype, "generateId") ||
      this.listenerCount("initial_headers") > 0 ||
      this.listenerCount("headers") > 0
    );
  }

  private forget(connection: Connection): void {
    if (this.clients[connection.id] !== connection) return;
    delete this.clients[connection.id];
    this.clientsCount--;
  }

  private onRefused(
    req: IncomingMessage,
    name: RequestErrorName,
    message: string,
    context: RefusalContext,
  ): void {
    this.emit("connection_error", { req, code: requestErrors[name].code, message, context });
  }

  /** @internal */
  protected onWebSocketRefused(request: IncomingMessage, error: Error): void {
    const { message } = requestErrors.BAD_REQUEST;
    this.onRefused(request, "BAD_REQUEST", message, { name: "WEBSOCKET_HANDSHAKE_ERROR", error });
  }
}

/** The wheel of the process, or a finer one of its own for a server whose heartbeat is very fast. */
function wheelFor({ pingInterval, pingTimeout, upgradeTimeout }: ResolvedOptions): TimingWheel {
  const shared = sharedWheel();
  const slotMs = Math.max(1, Math.floor(Math.min(pingInterval, pingTimeout, upgradeTimeout) / 8));
  return slotMs < shared.slotMs ? new TimingWheel(systemClock, slotMs) : shared;
}

function errorNumbers(): RequestErrorNumbers {
  const entries = Object.entries(requestErrors).map(([name, row]) => [name, row.code]);
  return Object.fromEntries(entries) as RequestErrorNumbers;
}

function errorTexts(): Record<number, string> {
  return Object.fromEntries(Object.values(requestErrors).map((row) => [row.code, row.message]));
}
