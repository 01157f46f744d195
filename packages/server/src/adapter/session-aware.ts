import { WheelEntry } from "@hawser/engine/internal";
import { PacketType } from "@hawser/protocol";
import { Membership } from "../recovery/membership.ts";
import { recoveryOptionsOf } from "../recovery/recovery-options.ts";
import { PacketLog } from "../recovery/packet-log.ts";
import { RestoredSession } from "../recovery/restored-session.ts";
import { SessionStore } from "../recovery/session-store.ts";
import { Adapter } from "./memory.ts";
import type { SocketPacket } from "@hawser/protocol";
import type { AnyNamespace } from "../erased.ts";
import type { Namespace } from "../namespace.ts";
import type {
  BroadcastOptions,
  BroadcastPacket,
  PrivateSessionId,
  Room,
  Session,
  SessionToPersist,
  SocketId,
} from "./types.ts";

/** Lets go of what is too old, also when nothing more happens. */
class Sweep extends WheelEntry {
  private readonly adapter: SessionAwareAdapter;

  constructor(adapter: SessionAwareAdapter) {
    super();
    this.adapter = adapter;
  }

  override onExpire(): void {
    this.adapter._sweep();
  }
}

/**
 * The in-memory adapter with connection state recovery: it keeps the sessions of clients whose line broke, and the
 * messages that they miss. What is kept has a bound in time, number and bytes, see `limits.ts`.
 *
 * Every event without acknowledgement gets its offset as one more argument, also one that is volatile (which is not
 * kept): a client takes the last string argument of any event for its offset.
 */
export class SessionAwareAdapter extends Adapter {
  private readonly log: PacketLog;
  private readonly sessions: SessionStore;
  /** When connected sockets were in which rooms. */
  private readonly memberships: Map<SocketId, Membership> = new Map();
  private readonly sweep: Sweep = new Sweep(this);
  private readonly sweepMs: number;

  constructor(nsp: AnyNamespace | Namespace) {
    super(nsp);
    const { _limits: limits, _opts: opts } = this.nsp.server;
    const durationMs = recoveryOptionsOf(opts).maxDisconnectionDuration;
    // A line may have been dead for so long before that is noticed; its client lacks what came since.
    const blindMs = (opts.pingInterval ?? 25_000) + (opts.pingTimeout ?? 20_000);
    this.log = new PacketLog(durationMs + blindMs, limits);
    this.sessions = new SessionStore(durationMs, limits.recoverySessionsMax);
    this.sweepMs = durationMs + blindMs;
  }

  override close(): void {
    this.nsp.server._wheel.cancel(this.sweep);
  }

  override addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    let membership = this.memberships.get(id);
    if (membership === undefined) {
      membership = new Membership(this.log.lastPosition);
      this.memberships.set(id, membership);
    }
    for (const room of rooms) membership.join(room, this.log.lastPosition);
    return super.addAll(id, rooms);
  }

  override del(id: SocketId, room: Room): Promise<void> | void {
    this.memberships.get(id)?.leave(room, this.log.lastPosition, this.log.floor);
    return super.del(id, room);
  }

  override delAll(id: SocketId): void {
    this.memberships.delete(id);
    super.delAll(id);
  }

  override broadcast(packet: BroadcastPacket, opts: BroadcastOptions): void {
    if (packet.type !== PacketType.EVENT || packet.id !== undefined) {
      super.broadcast(packet, opts);
      return;
    }
    packet.nsp = this.nsp.name;
    const { log } = this;
    const isKept = opts.flags?.volatile !== true;
    packet.data.push(log.offsetOf(log.lastPosition + (isKept ? 1 : 0)));
    const outgoing = this.nsp.server._encode(packet as SocketPacket, opts.flags?.compress);
    if (isKept) {
      log.append(outgoing, opts, this.now());
      this.sweepLater();
    }
    this._send(packet, outgoing, opts);
  }

  override persistSession(session: SessionToPersist): void {
    const membership = this.memberships.get(session.sid);
    if (membership === undefined) return;
    // From here on it is the session's: the rooms that the socket now leaves go on counting for what it misses.
    this.memberships.delete(session.sid);
    this.sessions.keep(session, membership, this.now());
    this.sweepLater();
  }

  /**
   * Finds a session, once.
   * @param offset the last that the client got; empty when it never got one
   * @returns null when the session is over, or when not all that it missed can be proven to be there
   */
  override restoreSession(pid: PrivateSessionId, offset: string): Promise<Session | null> {
    const nowMs = this.now();
    const kept = this.sessions.take(pid, nowMs);
    if (kept === undefined) return Promise.resolve(null);
    const { session, membership } = kept;
    const told = offset === "" ? 0 : this.log.positionOf(offset);
    if (told === undefined) return Promise.resolve(null);
    this.log.expire(nowMs);
    // A client keeps the offset of an earlier session until it gets a new one.
    const position = Math.max(told, membership.start);
    if (position < this.log.floor) return Promise.resolve(null);
    const codec = this.nsp.server._codec;
    const restored = new RestoredSession(session, membership, position, this.log, codec);
    if (restored.missedBytes > this.nsp.server._limits.recoveryReplayBytesMax) {
      return Promise.resolve(null);
    }
    this.memberships.set(session.sid, membership);
    return Promise.resolve(restored);
  }

  /** @internal */
  _sweep(): void {
    const nowMs = this.now();
    this.log.expire(nowMs);
    this.sessions.expire(nowMs);
    if (this.log.size > 0 || this.sessions.size > 0) this.sweepLater();
  }

  private sweepLater(): void {
    if (this.sweep.wheelNext === undefined) {
      this.nsp.server._wheel.schedule(this.sweep, this.sweepMs);
    }
  }

  private now(): number {
    return this.nsp.server._wheel.now();
  }
}
