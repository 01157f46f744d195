import { EventEmitter } from "node:events";
import type { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";
import type { Namespace } from "../namespace.ts";
import type { AnyNamespace, AnySocket } from "../erased.ts";
import type {
  AckCallback,
  BroadcastOptions,
  BroadcastPacket,
  PrivateSessionId,
  Room,
  Session,
  SessionToPersist,
  SocketId,
} from "./types.ts";

/**
 * Keeps the rooms of one namespace in memory and reaches its sockets.
 *
 * It is also the class that adapters for several nodes extend, so its members are those that
 * adapters written for Socket.IO rely on.
 *
 * Events: `create-room` (room), `delete-room` (room), `join-room` (room, id), `leave-room` (room, id).
 */
export class Adapter extends EventEmitter {
  readonly nsp: AnyNamespace;
  /** The members of each room. */
  rooms: Map<Room, Set<SocketId>> = new Map();
  /** The rooms of each socket. */
  sids: Map<SocketId, Set<Room>> = new Map();

  constructor(nsp: AnyNamespace | Namespace) {
    super();
    this.nsp = nsp as AnyNamespace;
  }

  /** Called once, when the namespace is made. */
  init(): Promise<void> | void {}

  /** Called when the namespace or the server closes. */
  close(): Promise<void> | void {}

  /** How many nodes there are. */
  serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  /** Adds a socket to rooms. */
  addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    let mine = this.sids.get(id);
    if (mine === undefined) {
      if (rooms.size === 1 && rooms.has(id) && !this.rooms.has(id)) {
        this.addAlone(id);
        return;
      }
      mine = new Set();
      this.sids.set(id, mine);
    } else if (mine.size === 1) {
      this.separate(id, mine);
    }
    for (const room of rooms) {
      if (mine.has(room)) continue;
      mine.add(room);
      this.openRoom(room).add(id);
      this.emit("join-room", room, id);
    }
  }

  /** The members of a room, to be changed. */
  private openRoom(room: Room): Set<SocketId> {
    const members = this.rooms.get(room);
    // It may be another socket's own.
    if (members?.size === 1 && members.has(room)) return this.separate(room, members);
    if (members !== undefined) return members;
    const none = new Set<SocketId>();
    this.rooms.set(room, none);
    this.emit("create-room", room);
    return none;
  }

  /** A socket that is in its own room alone: its rooms are that room's members, and one set says both. */
  private addAlone(id: SocketId): void {
    const both = new Set([id]);
    this.sids.set(id, both);
    this.rooms.set(id, both);
    this.emit("create-room", id);
    this.emit("join-room", id, id);
  }

  /** Before one of them changes, both get a set of their own. Returns the members of the socket's own room. */
  private separate(id: SocketId, both: Set<string>): Set<SocketId> {
    const members = this.rooms.get(id);
    if (members === undefined || members !== both || this.sids.get(id) !== both) {
      return members as Set<SocketId>;
    }
    const own = new Set(both);
    this.rooms.set(id, own);
    return own;
  }

  /** Takes a socket out of a room. */
  del(id: SocketId, room: Room): Promise<void> | void {
    const mine = this.sids.get(id);
    if (mine === undefined || !mine.has(room)) return;
    if (mine.size === 1) this.separate(id, mine);
    mine.delete(room);
    this.leave(room, id);
  }

  /** Takes a socket out of all its rooms. */
  delAll(id: SocketId): void {
    const mine = this.sids.get(id);
    if (mine === undefined) return;
    if (mine.size === 1) this.separate(id, mine);
    for (const room of mine) this.leave(room, id);
    this.sids.delete(id);
  }

  private leave(room: Room, id: SocketId): void {
    const members = this.rooms.get(room);
    if (members === undefined || !members.delete(id)) return;
    this.emit("leave-room", room, id);
    if (members.size === 0 && this.rooms.delete(room)) this.emit("delete-room", room);
  }

  /** Sends a packet to everyone who is meant; it is encoded once. */
  broadcast(packet: BroadcastPacket, opts: BroadcastOptions): void {
    packet.nsp = this.nsp.name;
    const flags = opts.flags;
    this._send(packet, this.nsp.server._encode(packet as SocketPacket, flags?.compress), opts);
  }

  /** Sends an encoded packet to everyone who is meant. @internal */
  _send(packet: BroadcastPacket, outgoing: Outgoing, opts: BroadcastOptions): void {
    const isVolatile = opts.flags?.volatile === true;
    this.apply(opts, (socket) => {
      socket.notifyOutgoingListeners(packet);
      socket.client.write(outgoing, isVolatile);
    });
  }

  /**
   * Sends a packet that everyone who is meant shall acknowledge.
   * `clientCountCallback` is told how many were sent to; `ack` is called with each response.
   */
  broadcastWithAck(
    packet: BroadcastPacket,
    opts: BroadcastOptions,
    clientCountCallback: (clientCount: number) => void,
    ack: AckCallback,
  ): void {
    packet.nsp = this.nsp.name;
    packet.id = this.nsp._ids++;
    const id = packet.id;
    const outgoing = this.nsp.server._encode(packet as SocketPacket, opts.flags?.compress);
    const isVolatile = opts.flags?.volatile === true;
    let clientCount = 0;
    this.apply(opts, (socket) => {
      clientCount++;
      socket.acks.set(id, ack);
      socket.notifyOutgoingListeners(packet);
      socket.client.write(outgoing, isVolatile);
    });
    clientCountCallback(clientCount);
  }

  /** The ids of the sockets in any of the rooms (all when empty). */
  sockets(rooms: Set<Room>): Promise<Set<SocketId>> {
    const ids = new Set<SocketId>();
    this.apply({ rooms }, (socket) => ids.add(socket.id));
    return Promise.resolve(ids);
  }

  /** The rooms of a socket; undefined when it is unknown. */
  socketRooms(id: SocketId): Set<Room> | undefined {
    return this.sids.get(id);
  }

  /** The sockets who are meant. */
  fetchSockets(opts: BroadcastOptions): Promise<unknown[]> {
    const sockets: AnySocket[] = [];
    this.apply(opts, (socket) => sockets.push(socket));
    return Promise.resolve(sockets);
  }

  /** Makes those who are meant join rooms. */
  addSockets(opts: BroadcastOptions, rooms: Room[]): void {
    this.apply(opts, (socket) => void socket.join(rooms));
  }

  /** Makes those who are meant leave rooms. */
  delSockets(opts: BroadcastOptions, rooms: Room[]): void {
    this.apply(opts, (socket) => {
      for (const room of rooms) void socket.leave(room);
    });
  }

  /** Disconnects those who are meant; with `close` their whole connection. */
  disconnectSockets(opts: BroadcastOptions, close: boolean): void {
    this.apply(opts, (socket) => socket.disconnect(close));
  }

  /** Sends to the other nodes. In memory there is none: an acknowledgement gets an empty list of responses. */
  serverSideEmit(packet: unknown[]): void {
    const ack = packet.at(-1);
    if (typeof ack === "function") (ack as AckCallback)(null, []);
  }

  /** Keeps a session for recovery; the in-memory adapter without recovery keeps none. */
  persistSession(_session: SessionToPersist): void {}

  /** Finds a session for recovery. */
  restoreSession(_pid: PrivateSessionId, _offset: string): Promise<Session | null> {
    return Promise.resolve(null);
  }

  /** Calls `visit` once with each local socket who is meant; it may join, leave or disconnect while we go. */
  private apply(opts: BroadcastOptions, visit: (socket: AnySocket) => void): void {
    const sockets = this.nsp.sockets;
    const exceptIds = this.membersOf(opts.except);
    if (opts.rooms.size === 0) {
      for (const socket of sockets.values()) {
        if (exceptIds === undefined || !exceptIds.has(socket.id)) visit(socket);
      }
      return;
    }
    // With several rooms nobody is visited twice.
    const seen = opts.rooms.size > 1 ? new Set<SocketId>() : undefined;
    for (const room of opts.rooms) {
      for (const id of this.rooms.get(room) ?? []) {
        if (seen?.has(id) || exceptIds?.has(id)) continue;
        const socket = sockets.get(id);
        if (socket === undefined) continue;
        seen?.add(id);
        visit(socket);
      }
    }
  }

  private membersOf(rooms: Set<Room> | undefined): ReadonlySet<SocketId> | undefined {
    if (rooms === undefined || rooms.size === 0) return undefined;
    if (rooms.size === 1) {
      for (const room of rooms) return this.rooms.get(room);
    }
    const ids = new Set<SocketId>();
    for (const room of rooms) for (const id of this.rooms.get(room) ?? []) ids.add(id);
    return ids;
  }
}
