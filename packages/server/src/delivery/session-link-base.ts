import { PacketType } from "@hawser/protocol";
import { LogLine } from "./log-line.ts";
import { userOf, userRoom } from "./user-room.ts";
import type { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";
import type { Room } from "../adapter/types.ts";
import type { AnySocket } from "../erased.ts";
import type { SessionLink, SessionSocket } from "../session-link.ts";
import type { DisconnectReason } from "../socket-types.ts";
import type { MessageContent } from "./durable-message.ts";
import type { InboxServices } from "./inbox.ts";
import type { Span } from "./log.ts";
import type { LineHost } from "./log-line.ts";
import type { DeliverySession } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { Stays } from "./stays.ts";
import type { CurrentMessage, SocketDelivery } from "./socket-delivery.ts";

/** A client that comes in, and the session that was found or made for it. */
export interface Visit {
  readonly session: DeliverySession;
  readonly recovered: boolean;
  /** Up to where it has everything. */
  readonly after: number;
  /** The socket that was made for it. */
  socket?: AnySocket;
}

/** What links need of the server's delivery. */
export interface LinkHost extends LineHost, InboxServices {
  readonly epoch: string;
  readonly inFlightMax: number;
  readonly sessions: Sessions;
  /** Whether all events without acknowledgement are logged, for clients with connection state recovery. */
  readonly keepsEvents: boolean;
  /** The links of sockets that are connected, by the session's id. */
  readonly links: Map<string, SessionLinkBase>;
  /** Clients that are being let in, by the session's id: the newest. */
  readonly visits: Map<string, Visit>;
  /** An acknowledgement in the form of a parser of its own; undefined: as Socket.IO does it. */
  answerForm(
    nsp: string,
    id: number,
    content: Omit<MessageContent, "namespace">,
  ): Outgoing | undefined;
  endSession(session: DeliverySession): void;
  /** Ends the line of a client that does not keep to the protocol. */
  refuse(socket: AnySocket, cause: string): void;
}

/**
 * Between one socket and its session in the log: takes down in which rooms it is, gives it what it missed, then what
 * comes.
 */
export abstract class SessionLinkBase<V extends Visit = Visit>
  extends LogLine
  implements SessionLink, SocketDelivery
{
  declare protected readonly host: LinkHost;
  protected readonly visit: V;
  /** Up to where its user had come is being looked up. */
  protected awaitsInbox = false;
  /** They wait until the session is saved for the first time. */
  private readonly onWhole: (() => void)[] = [];
  private admitted = false;

  constructor(host: LinkHost, visit: V, socket: SessionSocket) {
    super(host, socket as AnySocket);
    this.visit = visit;
    visit.socket = this.socket;
    const { user } = visit.session;
    if (user !== undefined) Object.assign(socket, { user });
  }

  abstract greeting(): object;
  abstract takes(packet: SocketPacket): boolean;
  /** Another connection has taken the session. */
  abstract fence(): void;
  /** Something of a room that it has missed is no longer there. */
  protected abstract onMissing(room: string | undefined): void;
  /** Whether the session goes on without the line. */
  protected abstract survives(reason: DisconnectReason): boolean;

  get delivery(): SocketDelivery {
    return this;
  }

  get session(): string {
    return this.visit.session.id;
  }

  get current(): CurrentMessage | undefined {
    return this.visit.session.inbox?.current;
  }

  get position(): number {
    return this.visit.session.position;
  }

  get alive(): boolean {
    return !this.ended && this.host.links.get(this.session) === this;
  }

  admit(): boolean {
    const { host, visit, socket } = this;
    const { session } = visit;
    // A newer connection has come for the session while middlewares looked at this one.
    if (host.visits.get(session.id) !== visit) return false;
    host.visits.delete(session.id);
    const user = userOf(socket);
    if (visit.recovered && user !== session.user) {
      // Somebody else: what was said to the one before is not for them.
      host.endSession(session);
      return false;
    }
    if (!host.sessions.attach(session, !visit.recovered)) return false;
    session.generation++;
    host.links.set(session.id, this);
    this.admitted = true;
    session.readData = () => jsonSafe(socket.data);
    this.prepare();
    if (visit.recovered) {
      host.counters.sessionsRecovered++;
      return true;
    }
    host.counters.sessionsMade++;
    session.isHalf = true;
    if (user !== undefined) this.beUser(user);
    // After the listeners of `connection`, with the rooms that they have put it in.
    if (!this.awaitsInbox) queueMicrotask(() => this.becomeWhole());
    return true;
  }

  greeted(): void {
    if (!this.awaitsInbox) void this.catchUp(this.visit.after);
  }

  abandon(): void {
    this.forgetVisit();
  }

  onLineClosed(reason: DisconnectReason): void {
    if (!this.survives(reason)) this.host.endSession(this.visit.session);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.forgetVisit();
    const { session } = this.visit;
    if (this.host.links.get(session.id) !== this) return;
    this.host.links.delete(session.id);
    session.data = jsonSafe(this.socket.data);
    session.readData = undefined;
    session.acceptance.disconnect();
    this.host.sessions.detach(session);
  }

  joined(rooms: Iterable<Room>, done: Promise<void> | void): Promise<void> | void {
    const { session } = this.visit;
    let isNews = false;
    for (const room of rooms) {
      if (session.stays.join(room, this.host.ledger.timeline.tail)) isNews = true;
    }
    if (!isNews || !this.admitted) return done;
    this.host.sessions.touch(session);
    const saved = this.saved(done);
    saved.catch(() => {});
    return saved;
  }

  left(room: Room): void {
    const { session } = this.visit;
    if (!session.stays.leave(room, this.host.ledger.timeline.tail)) return;
    if (this.admitted) this.host.sessions.touch(session);
  }

  protected get stays(): Stays {
    return this.visit.session.stays;
  }

  protected get namespace(): string {
    return this.visit.session.namespace;
  }

  /** Called by the replay. */
  onGap({ room }: Span): void {
    // Rooms of the framework mean nothing to the client.
    const { session } = this.visit;
    const isOwn =
      room === session.sid || (session.user !== undefined && room === userRoom(session.user));
    this.onMissing(isOwn ? undefined : room);
  }

  protected send(data: unknown[]): void {
    this.socket.client.packet({ type: PacketType.EVENT, nsp: this.socket.nsp.name, data });
  }

  /** The first session of a user is given what was said to the user since its earlier sessions, or ever. */
  private beUser(user: string): void {
    const { host, visit } = this;
    const { session } = visit;
    const isFirst = !host.sessions.has(session.namespace, user);
    host.sessions.setUser(session, user);
    const room = userRoom(user);
    if (!isFirst) return;
    this.awaitsInbox = true;
    host.sessions.positionOf(session.namespace, user).then(
      (position) => {
        session.stays.begin(room, position);
        this.becomeWhole();
        void this.catchUp(position);
      },
      (error) => {
        host.report(error);
        if (this.alive) this.socket.client._loseSession();
      },
    );
  }

  private becomeWhole(): void {
    const { session } = this.visit;
    session.isHalf = false;
    this.host.sessions.touch(session);
    for (const wait of this.onWhole.splice(0)) wait();
  }

  private async saved(done: Promise<void> | void): Promise<void> {
    await done;
    if (this.visit.session.isHalf) await new Promise<void>((wait) => this.onWhole.push(wait));
    await this.host.ledger.flushed();
  }

  private forgetVisit(): void {
    const { visits } = this.host;
    if (visits.get(this.session) === this.visit) visits.delete(this.session);
  }
}

/** What JSON makes of the data of a socket; undefined when it cannot say it. */
function jsonSafe(data: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(data) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
