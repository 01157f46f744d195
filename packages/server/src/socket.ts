/* oxlint-disable typescript/no-explicit-any -- acknowledgements, auth and middlewares are free-form, as in Socket.IO's types */
import { PacketType } from "@hawser/protocol";
import { withTimeout } from "./acks.ts";
import { callAll } from "./any-listeners.ts";
import { BroadcastOperator } from "./broadcast-operator.ts";
import { noDelivery } from "./delivery/socket-delivery.ts";
import { hasUserRooms, ownRooms, refuseRoomsOfOthers } from "./delivery/user-room.ts";
import { callApart } from "./dispatch.ts";
import { ServerError } from "./errors.ts";
import { handshakeOf } from "./handshake.ts";
import { runMiddlewares } from "./middleware.ts";
import { latestKey } from "./pressure/latest-key.ts";
import { refuseReserved } from "./reserved-events.ts";
import { socketIdFor } from "./socket-id.ts";
import { ObservedSocket } from "./observed-socket.ts";
import { addOddSocketMembers } from "./odd-members.ts";
import { emitLocally } from "./typed-emitter.ts";
import type { Broadcast } from "./broadcast-operator.ts";
import type { IncomingMessage } from "node:http";
import type { Connection } from "@hawser/engine";
import type { SocketPacket } from "@hawser/protocol";
import type { Adapter } from "./adapter/memory.ts";
import type {
  AckCallback,
  BroadcastFlags,
  BroadcastPacket,
  Room,
  SocketId,
} from "./adapter/types.ts";
import type { Client } from "./client.ts";
import type { DurableEmitter } from "./delivery/durable-emitter.ts";
import type { SocketDelivery } from "./delivery/socket-delivery.ts";
import type { Recipient } from "./dispatch.ts";
import type { Namespace } from "./namespace.ts";
import type { Server } from "./server.ts";
import type { SessionEntry, SessionLink } from "./session-link.ts";
import type { DisconnectReason, Event, Handshake } from "./socket-types.ts";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventNamesWithAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
} from "./typed-events.ts";

// Imported from here by TypeScript projects that write "socket.io/dist/socket".
export type { Event, Handshake } from "./socket-types.ts";

const noFlags: BroadcastFlags = Object.freeze({});
const noRooms: ReadonlySet<Room> = new Set();

/**
 * One client in one namespace.
 *
 * Listeners hear the client's events; `emit` sends to the client. Events of its own: `disconnecting`
 * (reason, description) while it is still in its rooms, `disconnect` (reason, description) afterwards,
 * `error` (error) when a middleware of {@link use} refuses an event.
 */
export class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  SocketData = any,
>
  extends ObservedSocket<ListenEvents>
  implements Recipient<SocketPacket>
{
  readonly nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly client: Client;
  /** The id of this socket, unguessable; another one in each namespace and after each reconnection. */
  readonly id: SocketId;
  /** Whether the state of an earlier connection was recovered. */
  readonly recovered: boolean;
  /** Whether it is connected: from the `connection` event on, until before `disconnect`. */
  connected = false;

  /** Whether it is let in as it is, since its session was. @internal */
  declare _skipsMiddlewares?: boolean;
  // Made when first needed: most sockets never need most of these.
  private _data: SocketData | undefined;
  private _handshake: Handshake | undefined;
  private _acks: Map<number, AckCallback> | undefined;
  /** The promises of `emitWithAck` that wait for an answer. */
  private _waiting: Set<(error: Error) => void> | undefined;
  private flags: BroadcastFlags = noFlags;
  /** Undefined while it has none that outlives it. @internal */
  readonly _session: SessionLink | undefined;
  private readonly _auth: Record<string, unknown> | undefined;
  private readonly _issued: number = Date.now();

  constructor(
    nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    client: Client,
    auth: Record<string, unknown> | undefined,
    entry?: SessionEntry,
  ) {
    super();
    this.nsp = nsp;
    this.client = client;
    this._auth = auth;
    this.recovered = entry?.recovered ?? false;
    this.id = this.recovered ? entry!.sid : socketIdFor(client.conn, nsp.name);
    this._session = entry?.begin(this);
    if (!this.recovered) return;
    this._data = entry!.data as SocketData;
    this._skipsMiddlewares = entry!.skipsMiddlewares;
    void this.join([...entry!.rooms]);
  }

  /** Anything that the application wants to keep with the socket; an empty object at first. */
  get data(): SocketData {
    return (this._data ??= {} as SocketData);
  }

  set data(data: SocketData) {
    this._data = data;
  }

  /** What is known of the request that opened the line, and the `auth` of the client. */
  get handshake(): Handshake {
    return (this._handshake ??= handshakeOf(this.conn, this._auth ?? {}, this._issued));
  }

  /** The acknowledgements that are awaited from the client, by id. */
  get acks(): Map<number, AckCallback> {
    return (this._acks ??= new Map());
  }

  /** The first request of the connection. */
  get request(): IncomingMessage {
    return this.client.request;
  }

  /** The Engine.IO connection below, shared by all namespaces of the client. */
  get conn(): Connection {
    return this.client.conn;
  }

  get server(): Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    return this.nsp.server;
  }

  get adapter(): Adapter {
    return this.nsp.adapter;
  }

  /** The rooms that it is in; its own id is one of them. Empty once it has left. */
  get rooms(): Set<Room> {
    return this.adapter.socketRooms(this.id) ?? new Set();
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /**
   * Sends an event to the client. With a function as the last argument, the client's acknowledgement calls it;
   * after {@link timeout} it gets an error first.
   * @param args anything that JSON knows, and binary: Buffer, ArrayBuffer, any view, at any depth
   * @returns true
   * @throws when the name is reserved
   */
  emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    refuseReserved(ev);
    const flags = this.flags;
    this.flags = noFlags;
    const data: unknown[] = [ev, ...(args as unknown[])];
    let id: number | undefined;
    if (typeof data[data.length - 1] === "function") {
      const ack = data.pop() as AckCallback;
      if (this.client.isMute === true) refuseAck(ack, flags.timeout);
      else this._awaitAck((id = this.nsp._ids++), ack, flags.timeout);
    }
    const packet: SocketPacket = { type: PacketType.EVENT, nsp: this.nsp.name, data };
    if (id !== undefined) packet.id = id;
    if (this._session?.keepsEvents && this.connected) {
      // Through the adapter, which gives it an offset and keeps it for the time when this line is broken.
      const rooms = new Set([this.id]);
      const opts = { rooms, except: new Set<Room>(), flags: { ...flags } };
      this.adapter.broadcast(packet as BroadcastPacket, opts);
      return true;
    }
    if (this._anyOutgoingListeners !== undefined) callAll(this._anyOutgoingListeners, data);
    if (flags.latest === undefined || id !== undefined) {
      this.client.send(packet, flags.volatile === true, flags.compress);
    } else {
      const outgoing = this.nsp.server._encode(packet, flags.compress);
      this.client.writeLatest(outgoing, latestKey(this.nsp.name, flags.latest));
    }
    return true;
  }

  /**
   * Sends an event and waits for the client's acknowledgement.
   * @returns what the client answers
   * @throws rejects when the time of {@link timeout} is over, or the socket disconnects; `sent` of the error says
   * whether the client may have got it
   */
  emitWithAck<Ev extends EventNamesWithAck<EmitEvents>>(
    ev: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>> {
    const timed = this.flags.timeout !== undefined;
    // Its line or its namespace has gone; while middlewares look at it, it has both.
    if (this.client.nsps.get(this.nsp.name) !== this) {
      this.flags = noFlags;
      return Promise.reject(new ServerError("DISCONNECTED", undefined, "no"));
    }
    if (this.client.isMute === true) {
      this.flags = noFlags;
      return Promise.reject(new ServerError("ACK_IMPOSSIBLE", undefined, "no"));
    }
    return new Promise((resolve, reject) => {
      const waiting = (this._waiting ??= new Set());
      waiting.add(reject);
      const ack = (...response: unknown[]): void => {
        waiting.delete(reject);
        if (timed && response[0]) reject(response[0]);
        else resolve(response[timed ? 1 : 0] as never);
      };
      this.emit(ev, ...([...(args as unknown[]), ack] as never));
    });
  }

  /** Sends a `message` event. */
  send(...args: EventParams<EmitEvents, "message">): this {
    this.emit("message" as never, ...(args as never));
    return this;
  }

  /** The same as {@link send}. */
  write(...args: EventParams<EmitEvents, "message">): this {
    return this.send(...args);
  }

  /** A broadcast to the members of rooms, without this socket. */
  to(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this._others().to(room);
  }

  /** The same as {@link to}. */
  in(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this._others().to(room);
  }

  /** A broadcast without the members of rooms, and without this socket. */
  except(room: Room | Room[]): Broadcast<EmitEvents, SocketData> {
    return this._others().except(room);
  }

  /** A broadcast to everyone but this socket. */
  get broadcast(): Broadcast<EmitEvents, SocketData> {
    return this._others();
  }

  /** A broadcast to everyone on this node but this socket. */
  get local(): Broadcast<EmitEvents, SocketData> {
    return this._others().local;
  }

  /** Whether the next packet may be compressed; default true. */
  compress(compress: boolean): this {
    this.flags = { ...this.flags, compress };
    return this;
  }

  /** The next packet is dropped when the line is not ready to take it. */
  get volatile(): this {
    this.flags = { ...this.flags, volatile: true };
    return this;
  }

  /**
   * Where the line is not ready, the next packet waits, and is replaced by a newer one with the same key: see
   * {@link BroadcastOperator.latest}.
   */
  latest(key: string): this {
    this.flags = { ...this.flags, latest: key };
    return this;
  }

  /**
   * Ends when what was emitted so far has left for the network: for producers that can wait.
   * @throws rejects when the socket disconnects before
   * @example
   * for await (const row of rows) {
   *   socket.emit("row", row);
   *   await socket.drained();
   * }
   */
  drained(): Promise<void> {
    if (this.client.nsps.get(this.nsp.name) !== this) {
      return Promise.reject(new ServerError("DISCONNECTED", undefined, "no"));
    }
    return new Promise((resolve, reject) => {
      const waiting = (this._waiting ??= new Set());
      waiting.add(reject);
      this.conn.transport.afterFlush(() => {
        waiting.delete(reject);
        resolve();
      });
    });
  }

  /**
   * The acknowledgement of the next event gets an error first, and comes in time or with that error.
   * @param timeout in ms
   */
  timeout(
    timeout: number,
  ): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>, ServerSideEvents, SocketData> {
    this.flags = { ...this.flags, timeout };
    return this;
  }

  /** Emits to this client, and to the next socket of its session when its line is broken: see {@link BroadcastOperator.durable}. */
  get durable(): DurableEmitter<EmitEvents> {
    return new BroadcastOperator<EmitEvents, SocketData>(this.adapter, new Set([this.id])).durable;
  }

  /** What is known of its durable session. */
  get delivery(): SocketDelivery {
    return this._session?.delivery ?? noDelivery;
  }

  /** Joins rooms. A promise only with an adapter that needs one, and with a durable session: it ends when that is saved. */
  join(rooms: Room | Room[]): Promise<void> | void {
    const all = Array.isArray(rooms) ? new Set(rooms) : new Set<Room>().add(rooms);
    if (hasUserRooms(this.nsp.server)) refuseRoomsOfOthers(this, all);
    const done = this.adapter.addAll(this.id, all);
    return this._session === undefined ? done : this._session.joined(all, done);
  }

  /** Leaves rooms. A promise only with an adapter that needs one. */
  leave(rooms: Room | Room[]): Promise<void> | void {
    if (Array.isArray(rooms)) return whenAll(rooms.map((room) => this.leave(room)));
    this._session?.left(rooms);
    return this.adapter.del(this.id, rooms);
  }

  /**
   * Disconnects from the namespace; what was emitted before still goes out.
   * @param close whether to close the connection, with all its namespaces; default false
   */
  disconnect(close = false): this {
    if (!this.connected) return this;
    if (close) {
      this._inOrder(() => this.client._disconnect());
    } else {
      this.client._leave(this.nsp.name, (send) => this._inOrder(send));
      this._onclose("server namespace disconnect");
    }
    return this;
  }

  /** An acknowledgement is no longer awaited. @internal */
  _forgetAck(id: number): void {
    this._acks?.delete(id);
  }

  /** A packet of the client, in order; called by the dispatcher. @internal */
  deliver(packet: SocketPacket): void {
    if (packet.type === PacketType.ACK) {
      const ack = this._acks?.get(packet.id!);
      if (ack === undefined) return;
      this._acks!.delete(packet.id!);
      ack(...(packet.data as unknown[]));
      return;
    }
    if (!this.connected || this._session?.takes(packet)) return;
    const event = packet.data as Event;
    if (packet.id !== undefined) event.push(this._acknowledger(packet.id));
    if (this._anyListeners !== undefined) callAll(this._anyListeners, event);
    if (this._middlewares === undefined) {
      this._hear(event);
      return;
    }
    runMiddlewares(this._middlewares, event, (error) => {
      // On its own tick, so that what a listener throws is not taken for a middleware's error.
      process.nextTick(() => {
        if (error) this._onerror(error);
        else if (this.connected) this._hear(event);
      });
    });
  }

  /**
   * It has been let in; false when what its session missed has been let go meanwhile, which ends its line.
   * @internal
   */
  _onconnect(): boolean {
    if (this._session?.admit() === false) {
      this.client._loseSession();
      return false;
    }
    this.connected = true;
    void this.join(ownRooms(this, this.nsp.server));
    const packet: SocketPacket = { type: PacketType.CONNECT, nsp: this.nsp.name };
    // Clients of Socket.IO 2 expect nothing.
    if (this.conn.protocol !== 3) packet.data = { sid: this.id, ...this._session?.greeting() };
    this.client.packet(packet);
    this._session?.greeted();
    return true;
  }

  /** It is refused, so that the session it came for is over. @internal */
  _abandon(): void {
    this._session?.abandon();
  }

  /** An error that concerns it; silent when nobody listens. @internal */
  _onerror(error: Error): void {
    if (this.listenerCount("error") > 0) emitLocally(this, ["error", error]);
  }

  /** Its line or its namespace has gone. @internal */
  _onclose(reason: DisconnectReason, description?: unknown): this | undefined {
    if (!this.connected) return this;
    callApart(() => emitLocally(this, ["disconnecting", reason, description]));
    this._session?.onLineClosed(reason);
    this._cleanup();
    this.client._remove(this);
    this.connected = false;
    callApart(() => emitLocally(this, ["disconnect", reason, description]));
    return undefined;
  }

  /** Leaves all rooms and the namespace. @internal */
  _cleanup(): void {
    this._session?.end();
    for (const reject of this._waiting ?? []) {
      reject(new ServerError("DISCONNECTED", undefined, "maybe"));
    }
    // Those who only gave a function are not called any more, as in Socket.IO.
    this._acks = undefined;
    this.adapter.delAll(this.id);
    this.nsp._remove(this);
    // Joining later would leave a dead member in the room.
    this.join = () => undefined;
  }

  /** Refuses it, with the reason for the client. @internal */
  _error(reason: unknown): void {
    this.client.packet({ type: PacketType.CONNECT_ERROR, nsp: this.nsp.name, data: reason });
  }

  /** Sends something behind what was emitted before it. */
  private _inOrder(send: () => void): void {
    if (this._session === undefined) send();
    else this._session.inOrder(send);
  }

  private _hear(event: Event): void {
    // A client may send any name: an `error` that nobody hears must not end the process.
    if (event[0] === "error" && this.listenerCount("error") === 0) return;
    emitLocally(this, event);
  }

  private _acknowledger(id: number): (...args: unknown[]) => void {
    let sent = false;
    return (...args) => {
      if (sent) return;
      sent = true;
      const packet: SocketPacket = { type: PacketType.ACK, nsp: this.nsp.name, id, data: args };
      this._inOrder(() => this.client.packet(packet));
    };
  }

  private _awaitAck(id: number, ack: AckCallback, timeoutMs: number | undefined): void {
    this.acks.set(
      id,
      timeoutMs === undefined ? ack : withTimeout(ack, timeoutMs, () => this._forgetAck(id)),
    );
  }

  private _others(): Broadcast<EmitEvents, SocketData> {
    const flags = this.flags;
    this.flags = noFlags;
    return new BroadcastOperator(this.adapter, noRooms, new Set([this.id]), { ...flags });
  }
}

/** Nothing will come: who has asked for an error is given it at once. */
function refuseAck(ack: AckCallback, timeoutMs: number | undefined): void {
  if (timeoutMs !== undefined) process.nextTick(ack, new ServerError("ACK_IMPOSSIBLE"));
}

/** A promise only when one of them is one. */
function whenAll(done: (Promise<void> | void)[]): Promise<void> | void {
  const promises = done.filter((each) => each instanceof Promise);
  if (promises.length > 0) return Promise.all(promises).then(() => undefined);
}

addOddSocketMembers(Socket.prototype);
