import { EventEmitter } from "node:events";
import type { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";
import { Member } from "./member.ts";
import { Roster } from "./roster.ts";
import { ViewMap } from "./view-map.ts";
import { latestKey } from "../pressure/latest-key.ts";
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
  readonly rooms: Map<Room, Set<SocketId>>;
  /** The rooms of each socket. */
  readonly sids: Map<SocketId, Set<Room>>;
  // The same maps, as they are for us.
  private readonly rosters: ViewMap<SocketId, Roster> = new ViewMap(
    (room, view) => new Roster(room, view),
  );
  private readonly members: ViewMap<Room, Member> = new ViewMap((id, view) => new Member(id, view));
  /** How often a socket has left a room. */
  private departures = 0;

  constructor(nsp: AnyNamespace | Namespace) {
    super();
    this.nsp = nsp as AnyNamespace;
    this.rooms = this.rosters;
    this.sids = this.members;
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
    let member = this.members.at(id);
    if (member === undefined) {
      member = new Member(id);
      this.members.put(id, member);
    }
    for (const room of rooms) {
      let roster = this.rosters.at(room);
      if (roster === undefined) {
        roster = new Roster(room);
        this.rosters.put(room, roster);
        if (this.listenerCount("create-room") > 0) this.emit("create-room", room);
      }
      if (!roster.add(member)) continue;
      member.join(roster);
      if (this.listenerCount("join-room") > 0) this.emit("join-room", room, id);
    }
  }

  /** Takes a socket out of a room. */
  del(id: SocketId, room: Room): Promise<void> | void {
    const member = this.members.at(id);
    const roster = this.rosters.at(room);
    if (member === undefined || roster === undefined || !roster.remove(member)) return;
    member.leave(roster);
    this.left(roster, id);
  }

  /** Takes a socket out of all its rooms. */
  delAll(id: SocketId): void {
    const member = this.members.at(id);
    if (member === undefined) return;
    for (const room of member.names()) {
      const roster = this.rosters.at(room);
      if (roster?.remove(member) === true) this.left(roster, id);
    }
    this.members.delete(id);
  }

  private left(roster: Roster, id: SocketId): void {
    const { name } = roster;
    this.departures++;
    if (this.listenerCount("leave-room") > 0) this.emit("leave-room", name, id);
    if (roster.size > 0 || !this.rosters.delete(name)) return;
    if (this.listenerCount("delete-room") > 0) this.emit("delete-room", name);
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
    const latest = opts.flags?.latest;
    const key = latest === undefined ? undefined : latestKey(this.nsp.name, latest);
    this.apply(opts, (socket) => {
      socket.notifyOutgoingListeners(packet);
      if (key === undefined) socket.client.write(outgoing, isVolatile);
      else socket.client.writeLatest(outgoing, key);
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
      // Who cannot answer hears it, and is not waited for.
      if (socket.client.isMute !== true) {
        clientCount++;
        socket.acks.set(id, ack);
      }
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
      const roster = this.rosters.at(room);
      if (roster === undefined) continue;
      const { departures } = this;
      for (const id of roster.ids()) {
        if (seen?.has(id) || exceptIds?.has(id)) continue;
        const socket = sockets.get(id);
        if (socket === undefined) continue;
        if (departures !== this.departures && !this.isIn(roster, id)) continue;
        seen?.add(id);
        visit(socket);
      }
    }
  }

  private isIn(roster: Roster, id: SocketId): boolean {
    const member = this.members.at(id);
    return member !== undefined && roster.has(member);
  }

  private membersOf(rooms: Set<Room> | undefined): ReadonlySet<SocketId> | undefined {
    if (rooms === undefined || rooms.size === 0) return undefined;
    const ids = new Set<SocketId>();
    for (const room of rooms) for (const id of this.rosters.at(room)?.ids() ?? []) ids.add(id);
    return ids;
  }
}
