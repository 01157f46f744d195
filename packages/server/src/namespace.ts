/* oxlint-disable typescript/no-explicit-any -- the data of sockets is free-form, as in Socket.IO's types */
import { BroadcastOperator } from "./broadcast-operator.ts";
import { deliveryOf } from "./delivery/durable-emitter.ts";
import { Entrance } from "./delivery/entrance.ts";
import { userRoom } from "./delivery/user-room.ts";
import { runMiddlewares } from "./middleware.ts";
import { ServerError } from "./errors.ts";
import { recoveryOptionsOf } from "./recovery/recovery-options.ts";
import { Recovery } from "./recovery/recovery.ts";
import { Socket } from "./socket.ts";
import { emitLocally, TypedEmitter } from "./typed-emitter.ts";
import type { Broadcast } from "./broadcast-operator.ts";
import type { SocketPacket } from "@hawser/protocol";
import type { Adapter } from "./adapter/memory.ts";
import type { BroadcastOptions, Room, SocketId } from "./adapter/types.ts";
import type { Client } from "./client.ts";
import type { Position } from "@hawser/protocol/internal";
import type { DurableEmitter } from "./delivery/durable-emitter.ts";
import type { History, HistoryOptions } from "./delivery/history.ts";
import type { Recipient } from "./dispatch.ts";
import type { AnySocket } from "./erased.ts";
import type { Middleware } from "./middleware.ts";
import type { RemoteSocket } from "./remote-socket.ts";
import type { Server } from "./server.ts";
import type { SessionEntry, SessionFinder } from "./session-link.ts";
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

/** The events of a namespace that are not the user's. */
export interface NamespaceReservedEventsMap<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> {
  connect: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
  connection: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
}

/** The events of the server that are not the user's. */
export interface ServerReservedEventsMap<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> extends NamespaceReservedEventsMap<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  new_namespace: (
    namespace: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
  ) => void;
}

// Imported from here by TypeScript projects that write "socket.io/dist/namespace".
export type { ExtendedError } from "./socket-types.ts";

const reservedBetweenServers: ReadonlySet<unknown> = new Set([
  "connect",
  "connection",
  "new_namespace",
]);

/**
 * A channel of its own on the same connection, with its own sockets, rooms and middlewares.
 *
 * Events: `connection` (socket), and `connect` just before it.
 */
export class Namespace<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  SocketData = any,
>
  extends TypedEmitter<
    ServerSideEvents,
    NamespaceReservedEventsMap<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
  >
  implements Recipient<SocketPacket>
{
  readonly name: string;
  readonly server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  /** The connected sockets of this node, by id. */
  readonly sockets: Map<SocketId, Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>> =
    new Map();
  adapter!: Adapter;
  /** The next acknowledgement id; broadcasts and adapters draw from it, too. @internal */
  _ids = 0;
  /** Finds sessions; undefined while there are none. @internal */
  readonly _recovery: SessionFinder | undefined;
  /** The middlewares of new sockets. @internal */
  _middlewares: Middleware<AnySocket>[] = [];

  constructor(
    server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    name: string,
  ) {
    super();
    this.server = server;
    this.name = name;
    this._recovery = this._makeFinder();
    this._initAdapter();
  }

  /** Makes the adapter anew, after the server's has changed. @internal */
  _initAdapter(): void {
    this.adapter = this.server._createAdapter(this as never);
    void Promise.resolve(this.adapter.init());
  }

  /**
   * Adds a middleware that sees each new socket before `connection`; `next(error)` refuses it, and its client hears
   * `connect_error` with the message and the `data` of the error.
   * @example
   * io.use((socket, next) => (valid(socket.handshake.auth.token) ? next() : next(new Error("unauthorized"))));
   */
  use(
    middleware: (
      socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
      next: (error?: ExtendedError) => void,
    ) => void,
  ): this {
    this._middlewares.push(middleware as Middleware<AnySocket>);
    return this;
  }

  /** A broadcast to the members of rooms. */
  to(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this._all().to(room);
  }

  /** The same as {@link to}; reads better before `socketsJoin()` and the like. */
  in(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this._all().to(room);
  }

  /** A broadcast to all but the members of rooms. */
  except(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this._all().except(room);
  }

  /** Whether the packet may be compressed; default true. */
  compress(compress: boolean): Broadcast<EmitEvents, SocketData> {
    return this._all().compress(compress);
  }

  /** A broadcast that is dropped for those whose line is not ready to take it. */
  get volatile(): Broadcast<EmitEvents, SocketData> {
    return this._all().volatile;
  }

  /** A broadcast whose newest packet alone waits where a line is not ready: see {@link BroadcastOperator.latest}. */
  latest(key: string): Broadcast<EmitEvents, SocketData> {
    return this._all().latest(key);
  }

  /** Emits to everyone in the namespace, also to those who are away now: see {@link BroadcastOperator.durable}. */
  get durable(): DurableEmitter<EmitEvents> {
    return this._all().durable;
  }

  /** A broadcast to all sockets of a user: those whose `socket.user` a middleware has set to this text. */
  user(name: string): Broadcast<EmitEvents, SocketData> {
    return this._all().to(userRoom(name));
  }

  /** Reads backwards through what was said to the whole namespace: see {@link BroadcastOperator.history}. */
  history(options?: HistoryOptions): Promise<History> {
    return this._all().history(options);
  }

  /** A broadcast to the sockets of this node alone. */
  get local(): Broadcast<EmitEvents, SocketData> {
    return this._all().local;
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
    return this._all().timeout(timeout);
  }

  /**
   * Sends an event to everyone in the namespace.
   * @returns true
   * @throws when the name is reserved
   */
  emit<Ev extends EventNamesWithoutAck<EmitEvents>>(
    ev: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): boolean {
    return this._all().emit(ev as never, ...(args as never));
  }

  /** Sends a `message` event to everyone in the namespace. */
  send(...args: EventParams<EmitEvents, "message">): this {
    this._all().emit("message" as never, ...(args as never));
    return this;
  }

  /** The same as {@link send}. */
  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  /**
   * Sends an event to the other nodes; their namespaces of this name hear it.
   * With a function as the last argument it is called with `(error, responses)`, one response per node.
   * @returns true
   * @throws when the name is reserved
   */
  serverSideEmit<Ev extends EventNames<ServerSideEvents>>(
    ev: Ev,
    ...args: EventParams<
      DecorateAcknowledgementsWithTimeoutAndMultipleResponses<ServerSideEvents>,
      Ev
    >
  ): boolean {
    if (reservedBetweenServers.has(ev)) {
      throw new ServerError("RESERVED_EVENT", `"${String(ev)}" is a reserved event name`);
    }
    this.adapter.serverSideEmit([ev, ...(args as unknown[])]);
    return true;
  }

  /** {@link serverSideEmit}, with a promise of the other nodes' responses. */
  serverSideEmitWithAck<Ev extends EventNamesWithAck<ServerSideEvents>>(
    ev: Ev,
    ...args: AllButLast<EventParams<ServerSideEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<ServerSideEvents, Ev>>>[]> {
    return new Promise((resolve, reject) => {
      const ack = (error: (Error & { responses?: unknown }) | null, responses: never): void => {
        if (error) {
          error.responses = responses;
          reject(error);
        } else {
          resolve(responses);
        }
      };
      this.serverSideEmit(ev, ...([...(args as unknown[]), ack] as never));
    });
  }

  /** The ids of all sockets. @deprecated use {@link fetchSockets} */
  allSockets(): Promise<Set<SocketId>> {
    return this._all().allSockets();
  }

  /** All sockets, over all nodes. */
  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    return this._all().fetchSockets();
  }

  /** Makes all sockets join rooms. */
  socketsJoin(room: Room | Room[]): void {
    this._all().socketsJoin(room);
  }

  /** Makes all sockets leave rooms. */
  socketsLeave(room: Room | Room[]): void {
    this._all().socketsLeave(room);
  }

  /**
   * Disconnects all sockets.
   * @param close whether to close their connections, with all their namespaces; default false
   */
  disconnectSockets(close = false): void {
    this._all().disconnectSockets(close);
  }

  /** Another node has emitted an event to its peers. @internal */
  _onServerSideEmit(args: [string, ...unknown[]]): void {
    emitLocally(this, args);
  }

  /** Logs an event and sends it. @internal */
  _say(event: readonly unknown[], opts: BroadcastOptions): Promise<Position> {
    return deliveryOf(this as never).say(this as never, event, opts);
  }

  /** Makes the socket of a client that asks to be let in; {@link deliver} goes on with it. @internal */
  _add(
    client: Client,
    auth: Record<string, unknown> | undefined,
    entry?: SessionEntry,
  ): Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    return new Socket(this, client, auth, entry);
  }

  /** Lets a new socket through the middlewares; called by the dispatcher. @internal */
  deliver(packet: SocketPacket): void {
    const socket = packet.data as Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
    if (this._middlewares.length === 0 || socket._skipsMiddlewares) {
      this._pass(socket);
      return;
    }
    runMiddlewares(this._middlewares, socket as AnySocket, (error) => {
      // On its own tick, so that what a listener throws is not taken for a middleware's error.
      process.nextTick(() => {
        if (error) this._refuse(socket, error);
        else this._pass(socket);
      });
    });
  }

  /** A socket has gone. @internal */
  _remove(socket: { id: SocketId }): void {
    this.sockets.delete(socket.id);
  }

  private _makeFinder(): SessionFinder | undefined {
    const { _delivery: delivery, _opts: options } = this.server;
    // Without an adapter that keeps sessions, those of unmodified clients are in the log, too.
    const recovery =
      options.connectionStateRecovery && delivery?.recovery === undefined
        ? new Recovery(this, recoveryOptionsOf(options).skipMiddlewares)
        : undefined;
    return delivery === undefined ? recovery : new Entrance(delivery, this.name, recovery);
  }

  /** The middlewares have let it in. */
  private _pass(socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): void {
    const { client } = socket;
    if (client._lookAt === undefined) {
      this._admit(socket);
      return;
    }
    client._lookAt(socket, (error) => {
      if (error === undefined) this._admit(socket);
      else this._refuse(socket, error);
    });
  }

  private _admit(socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): void {
    // Its line may have gone while the middlewares were at work; then it has been cleaned up.
    if (socket.client.nsps.get(this.name) !== socket) return;
    if (socket.conn.readyState !== "open") return;
    this.sockets.set(socket.id, socket);
    if (!socket._onconnect()) return;
    emitLocally(this, ["connect", socket]);
    emitLocally(this, ["connection", socket]);
  }

  private _refuse(
    socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    error: ExtendedError,
  ): void {
    if (socket.client.nsps.get(this.name) !== socket) return;
    socket._abandon();
    socket._cleanup();
    socket.client._remove(socket);
    socket._error(reasonFor(socket.client.conn.protocol, error));
  }

  private _all(): Broadcast<EmitEvents, SocketData> {
    return new BroadcastOperator(this.adapter);
  }
}

/** What the client is told of a refusal; clients of Socket.IO 2 expect the data or the message alone. */
function reasonFor(protocol: 3 | 4, { message, data }: ExtendedError): unknown {
  if (protocol === 3) return data || message;
  return data === undefined ? { message } : { message, data };
}
