/* oxlint-disable typescript/no-explicit-any -- the data of sockets is free-form, as in Socket.IO's types */
import { createServer } from "node:http";
import { EngineServer, UwsServer } from "@hawser/engine";
import { sharedWheel } from "@hawser/engine/internal";
import { SocketDecoder } from "@hawser/protocol";
import { defaultAdapterOf, makeAdapter } from "./adapter/make-adapter.ts";
import { BadInput } from "./bad-input.ts";
import { makeDelivery } from "./delivery/make-delivery.ts";
import { isServer, portOf } from "./attach-target.ts";
import { Client } from "./client.ts";
import { delegateListeners } from "./delegate-listeners.ts";
import { Dispatcher } from "./dispatch.ts";
import { Encoder } from "./encoder.ts";
import { ServerError } from "./errors.ts";
import { serveHttp, serveHttpOnApp } from "./http/serve-http.ts";
import { defaultLimits } from "./limits.ts";
import { NamespaceRegistry } from "./namespace-registry.ts";
import { checkOptions, engineOptionsOf, withRecoveryDefaults } from "./options.ts";
import { ParserClient, ParserCodec } from "./parser.ts";
import { makePressure } from "./pressure/make-pressure.ts";
import { addOddMembers } from "./odd-members.ts";
import { emitLocally, TypedEmitter } from "./typed-emitter.ts";
import type { Server as HttpServer } from "node:http";
import type { BaseServer, Connection, UwsOptions } from "@hawser/engine";
import type { Outgoing, TimingWheel, UwsApp } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";
import type { Adapter } from "./adapter/memory.ts";
import type { Room, SocketId } from "./adapter/types.ts";
import type { TServerInstance } from "./attach-target.ts";
import type { Codec, PacketEncoder } from "./encoder.ts";
import type { Broadcast, BroadcastOperator } from "./broadcast-operator.ts";
import type { Delivery, ServerDelivery } from "./delivery/delivery.ts";
import type { DurableEmitter } from "./delivery/durable-emitter.ts";
import type { History, HistoryOptions } from "./delivery/history.ts";
import type { AnyNamespace } from "./erased.ts";
import type { ServerLimits } from "./limits.ts";
import type { Namespace, ServerReservedEventsMap } from "./namespace.ts";
import type { ParentNspNameMatchFn } from "./namespace-registry.ts";
import type { AdapterConstructor, ServerOptions } from "./options.ts";
import type { PressureCounters, ServerPressure } from "./pressure/server-pressure.ts";
import type { RemoteSocket } from "./remote-socket.ts";
import type { Socket } from "./socket.ts";
import type { ExtendedError } from "./socket-types.ts";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  DecorateAcknowledgementsWithTimeoutAndMultipleResponses,
  DefaultEventsMap,
  EventNames,
  EventNamesWithAck,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
} from "./typed-events.ts";

/**
 * A Socket.IO server.
 *
 * Events: `connection` (socket), `connect` (socket), `new_namespace` (namespace).
 *
 * @example
 * const io = new Server(3000);
 * io.on("connection", (socket) => {
 *   socket.on("hello", (name, reply) => reply(`hello, ${name}`));
 * });
 */
export class Server<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  SocketData = any,
> extends TypedEmitter<
  ServerSideEvents,
  ServerReservedEventsMap<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
> {
  /** The namespace `/`. */
  readonly sockets: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  /** The Engine.IO server below; defined once attached. */
  engine!: BaseServer;
  /** The HTTP server; defined once attached. */
  httpServer!: TServerInstance;
  /** How adapters encode packets. */
  readonly encoder: PacketEncoder;
  /** Counts of clients that were disconnected since they did not keep to the protocol. */
  readonly badInput: BadInput = new BadInput();
  /** The namespaces by name. @internal */
  readonly _nsps: Map<string, Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>> =
    new Map();
  /** Durable delivery; undefined while it is off. @internal */
  readonly _delivery: ServerDelivery | undefined;
  /** What waits for clients that do not read as fast as they are written to, and what has been done about it. */
  readonly pressure: PressureCounters;
  /** @internal */
  readonly _pressure: ServerPressure;
  /** How packets become messages of the engine. @internal */
  readonly _codec: Codec;
  /** @internal */
  readonly _dispatcher: Dispatcher<SocketPacket> = new Dispatcher();
  /** @internal */
  readonly _wheel: TimingWheel = sharedWheel();
  /** @internal */
  readonly _limits: ServerLimits = defaultLimits;
  /** The decoder that all clients share while no attachments are awaited. @internal */
  _decoder: SocketDecoder;
  /** @internal */
  _connectTimeout: number;

  /** So that a stream of binary events does with two decoders. */
  private spareDecoder: SocketDecoder | undefined;
  private readonly registry: NamespaceRegistry;
  private readonly opts: ServerOptions;
  private adapterConstructor: AdapterConstructor;
  private servesClient: boolean;
  private urlPath: string;

  /**
   * @param srv an HTTP server to attach to, a port to listen on, or the options; nothing to attach later
   * @param opts see {@link ServerOptions}
   * @throws ServerError when an option cannot be used
   */
  constructor(opts?: Partial<ServerOptions>);
  constructor(srv?: TServerInstance | number, opts?: Partial<ServerOptions>);
  constructor(
    srv: undefined | Partial<ServerOptions> | TServerInstance | number,
    opts?: Partial<ServerOptions>,
  );
  constructor(
    srv?: Partial<ServerOptions> | TServerInstance | number,
    opts: Partial<ServerOptions> = {},
  ) {
    super();
    if (typeof srv === "object" && !isServer(srv)) {
      opts = srv as ServerOptions;
      srv = undefined;
    }
    checkOptions(opts);
    this.opts = withRecoveryDefaults(opts);
    if (opts.parser === undefined) {
      const encoder = new Encoder();
      this._codec = encoder;
      this.encoder = encoder;
    } else {
      const codec = new ParserCodec(opts.parser);
      this._codec = codec;
      this.encoder = codec.encoder;
    }
    this.urlPath = (opts.path ?? "/socket.io").replace(/\/$/, "");
    this.servesClient = opts.serveClient ?? true;
    this._connectTimeout = opts.connectTimeout ?? defaultLimits.connectTimeoutMs;
    this._decoder = this.makeDecoder();
    this._delivery = makeDelivery(this as never, opts);
    this._pressure = makePressure(opts);
    this.pressure = this._pressure.counters;
    this.adapterConstructor = opts.adapter ?? defaultAdapterOf(opts);
    this.registry = new NamespaceRegistry(this as never);
    this.sockets = this.of("/");
    if (srv !== undefined) this.attach(srv as TServerInstance | number, opts);
  }

  /** The options. @internal */
  get _opts(): ServerOptions {
    return this.opts;
  }

  /** What durable delivery has done, and its errors; undefined while it is off. */
  get delivery(): Delivery | undefined {
    return this._delivery;
  }

  /** @internal */
  get _cleanupEmptyChildNamespaces(): boolean {
    return this.opts.cleanupEmptyChildNamespaces ?? false;
  }

  /** Whether the browser client is served, or sets it; takes effect at {@link attach}. */
  serveClient(v: boolean): this;
  serveClient(): boolean;
  serveClient(v?: boolean): this | boolean {
    if (v === undefined) return this.servesClient;
    this.servesClient = v;
    return this;
  }

  /** The path of all requests, or sets it; takes effect at {@link attach}. */
  path(v: string): this;
  path(): string;
  path(v?: string): this | string {
    if (v === undefined) return this.urlPath;
    this.urlPath = v.replace(/\/$/, "");
    return this;
  }

  /** How long a client may take until it asks for its first namespace, or sets it; in ms. */
  connectTimeout(v: number): this;
  connectTimeout(): number;
  connectTimeout(v?: number): this | number {
    if (v === undefined) return this._connectTimeout;
    this._connectTimeout = v;
    return this;
  }

  /** The adapter, or sets it for all namespaces. */
  adapter(): AdapterConstructor | undefined;
  adapter(v: AdapterConstructor): this;
  adapter(v?: AdapterConstructor): AdapterConstructor | undefined | this {
    if (v === undefined) return this.adapterConstructor;
    this.adapterConstructor = v;
    for (const namespace of this._nsps.values()) namespace._initAdapter();
    return this;
  }

  /** The same as {@link attach}. */
  listen(srv: TServerInstance | number, opts: Partial<ServerOptions> = {}): this {
    return this.attach(srv, opts);
  }

  /**
   * Attaches to an HTTP server, or to a new one that listens on a port.
   * @throws ServerError when it is neither, such as an Express app in place of its server
   */
  attach(srv: TServerInstance | number, opts: Partial<ServerOptions> = {}): this {
    if (typeof srv === "function") {
      throw new ServerError(
        "NOT_A_SERVER",
        "attach() was given a request handler such as an Express app; " +
          "pass the server: const server = createServer(app); new Server(server)",
      );
    }
    const port = portOf(srv);
    if (port !== undefined) {
      const server = createServer((_request, response) => response.writeHead(404).end());
      this.attachTo(server, opts);
      server.listen(port);
      return this;
    }
    if (!isServer(srv)) {
      throw new ServerError("NOT_A_SERVER");
    }
    this.attachTo(srv as TServerInstance, opts);
    return this;
  }

  /** Attaches to an app of µWebSockets.js 20, which the caller makes and lets listen. */
  attachApp(app: UwsApp, opts: Partial<ServerOptions> & UwsOptions = {}): void {
    const { compression, idleTimeout, maxBackpressure, ...others } = opts;
    const path = this.opts.path ?? opts.path ?? this.urlPath;
    const options = engineOptionsOf({ ...others, ...this.opts, path });
    const engine = new UwsServer(options);
    engine.attach(app, { ...options, compression, idleTimeout, maxBackpressure });
    this.bind(engine);
    serveHttpOnApp(this as never, app);
  }

  /** Takes the connections of an Engine.IO server. */
  bind(engine: BaseServer): this {
    this.engine = engine;
    const { parser } = this.opts;
    engine.onConnection = (conn: Connection) => {
      conn.handler = parser ? new ParserClient(this, conn, parser) : new Client(this, conn);
    };
    return this;
  }

  /**
   * The namespace of a name, made when it does not exist; with a RegExp or a function, the template of all
   * namespaces whose names it accepts.
   * @param fn a listener for `connection`
   */
  of(
    name: string | RegExp | ParentNspNameMatchFn,
    fn?: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void,
  ): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const namespace = this.registry.of(name) as unknown as Namespace<
      ListenEvents,
      EmitEvents,
      ServerSideEvents,
      SocketData
    >;
    if (fn !== undefined) namespace.on("connection", fn);
    return namespace;
  }

  /**
   * Disconnects all sockets (reason `server shutting down`), sends what is queued, and closes the HTTP server, too.
   * @param fn called at the end, with an error when the HTTP server was not running
   */
  async close(fn?: (error?: Error) => void): Promise<void> {
    for (const namespace of this._nsps.values()) {
      for (const socket of namespace.sockets.values()) socket._onclose("server shutting down");
    }
    await Promise.allSettled(
      Array.from(this._nsps.values(), async (namespace) => namespace.adapter.close()),
    );
    await this._delivery?.close();
    this.engine?.close();
    if (this.httpServer === undefined) {
      fn?.();
      return;
    }
    await new Promise<void>((resolve) => {
      this.httpServer.close((error) => {
        fn?.(error);
        resolve();
      });
    });
  }

  /** Adds a middleware to the namespace `/`: see {@link Namespace.use}. */
  use(
    fn: (
      socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
      next: (error?: ExtendedError) => void,
    ) => void,
  ): this {
    this.sockets.use(fn);
    return this;
  }

  /** A broadcast to the members of rooms. */
  to(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.sockets.to(room);
  }

  /** The same as {@link to}. */
  in(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.sockets.to(room);
  }

  /** A broadcast to all but the members of rooms. */
  except(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this.sockets.except(room);
  }

  /** Whether the packet may be compressed; default true. */
  compress(compress: boolean): Broadcast<EmitEvents, SocketData> {
    return this.sockets.compress(compress);
  }

  /** A broadcast that is dropped for those whose line is not ready to take it. */
  get volatile(): Broadcast<EmitEvents, SocketData> {
    return this.sockets.volatile;
  }

  /** Emits to everyone in the namespace `/`, also to those who are away: see {@link BroadcastOperator.durable}. */
  get durable(): DurableEmitter<EmitEvents> {
    return this.sockets.durable;
  }

  /** A broadcast to all sockets of a user in the namespace `/`: see {@link Namespace.user}. */
  user(name: string): Broadcast<EmitEvents, SocketData> {
    return this.sockets.user(name);
  }

  /** Reads backwards through what was said to the whole namespace `/`: see {@link BroadcastOperator.history}. */
  history(options?: HistoryOptions): Promise<History> {
    return this.sockets.history(options);
  }

  /** A broadcast to the sockets of this node alone. */
  get local(): Broadcast<EmitEvents, SocketData> {
    return this.sockets.local;
  }

  /**
   * Sets how long acknowledgements are awaited.
   * @param timeout in ms
   */
  timeout(
    timeout: number,
  ): BroadcastOperator<
    DecorateAcknowledgements<DecorateAcknowledgementsWithMultipleResponses<EmitEvents>>,
    SocketData
  > {
    return this.sockets.timeout(timeout);
  }

  /** Sends an event to everyone in the namespace `/`. @throws when the name is reserved */
  emit<Ev extends EventNamesWithoutAck<EmitEvents>>(
    ev: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): boolean {
    return this.sockets.emit(ev as never, ...(args as never));
  }

  /** Sends a `message` event to everyone in the namespace `/`. */
  send(...args: EventParams<EmitEvents, "message">): this {
    this.sockets.send(...args);
    return this;
  }

  /** The same as {@link send}. */
  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  /** Sends an event to the other nodes: see {@link Namespace.serverSideEmit}. */
  serverSideEmit<Ev extends EventNames<ServerSideEvents>>(
    ev: Ev,
    ...args: EventParams<
      DecorateAcknowledgementsWithTimeoutAndMultipleResponses<ServerSideEvents>,
      Ev
    >
  ): boolean {
    return this.sockets.serverSideEmit(ev, ...args);
  }

  /** {@link serverSideEmit}, with a promise of the other nodes' responses. */
  serverSideEmitWithAck<Ev extends EventNamesWithAck<ServerSideEvents>>(
    ev: Ev,
    ...args: AllButLast<EventParams<ServerSideEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<ServerSideEvents, Ev>>>[]> {
    return this.sockets.serverSideEmitWithAck(ev as never, ...(args as never)) as never;
  }

  /** The ids of all sockets. @deprecated use {@link fetchSockets} */
  allSockets(): Promise<Set<SocketId>> {
    return this.sockets.allSockets();
  }

  /** All sockets of the namespace `/`, over all nodes. */
  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    return this.sockets.fetchSockets();
  }

  /** Makes all sockets join rooms. */
  socketsJoin(room: Room | Room[]): void {
    this.sockets.socketsJoin(room);
  }

  /** Makes all sockets leave rooms. */
  socketsLeave(room: Room | Room[]): void {
    this.sockets.socketsLeave(room);
  }

  /** Disconnects all sockets of the namespace `/`; with `close` their whole connections. */
  disconnectSockets(close = false): void {
    this.sockets.disconnectSockets(close);
  }

  /** Finds the namespace that a client asks for, or makes it after a template. @internal */
  _checkNamespace(
    name: string,
    auth: Record<string, unknown>,
    fn: (namespace: AnyNamespace | false) => void,
  ): void {
    this.registry.find(name, auth, fn);
  }

  /** A namespace has been made. @internal */
  _addNamespace(namespace: AnyNamespace): void {
    this._nsps.set(namespace.name, namespace as never);
    if (namespace.name !== "/") emitLocally(this.sockets, ["new_namespace", namespace]);
  }

  /** @internal */
  _createAdapter(namespace: AnyNamespace): Adapter {
    return makeAdapter(this.adapterConstructor, namespace);
  }

  /** @internal */
  _encode(packet: SocketPacket, compress?: boolean): Outgoing {
    return this._codec.toOutgoing(packet, compress);
  }

  /** Gives the shared decoder, which has begun a packet, to the client that waits for the rest. @internal */
  _takeDecoder(): SocketDecoder {
    const taken = this._decoder;
    this._decoder = this.spareDecoder ?? this.makeDecoder();
    this.spareDecoder = undefined;
    return taken;
  }

  /** Takes a decoder back whose packet is complete. @internal */
  _returnDecoder(decoder: SocketDecoder): void {
    this.spareDecoder = decoder;
  }

  private makeDecoder(): SocketDecoder {
    const bytes = this.opts.maxHttpBufferSize ?? 1e6;
    return new SocketDecoder({ packetBytesMax: bytes * defaultLimits.packetBytesFactor });
  }

  private attachTo(server: TServerInstance, opts: Partial<ServerOptions>): void {
    // What the constructor was given wins, as in Socket.IO.
    const path = this.opts.path ?? opts.path ?? this.urlPath;
    const options = { ...opts, ...this.opts, path };
    const engine = new EngineServer(engineOptionsOf(options));
    engine.attach(server as HttpServer, engineOptionsOf(options));
    this.httpServer = server;
    this.bind(engine);
    serveHttp(this as never, engine);
  }
}

delegateListeners(Server.prototype);
addOddMembers(Server.prototype);
