import type { PrivateSessionId, SessionToPersist } from "../adapter/types.ts";
import type { Membership } from "./membership.ts";

/** A session whose line has gone, and when it was in which rooms. */
export interface KeptSession {
  readonly session: SessionToPersist;
  readonly membership: Membership;
  readonly untilMs: number;
}

/** Sessions that may come back: bounded in time and number, the oldest go first. */
export class SessionStore {
  private readonly durationMs: number;
  private readonly sessionsMax: number;
  /** In the order in which they end. */
  private readonly sessions: Map<PrivateSessionId, KeptSession> = new Map();

  constructor(durationMs: number, sessionsMax: number) {
    this.durationMs = durationMs;
    this.sessionsMax = sessionsMax;
  }

  get size(): number {
    return this.sessions.size;
  }

  keep(session: SessionToPersist, membership: Membership, nowMs: number): void {
    this.sessions.delete(session.pid);
    this.sessions.set(session.pid, { session, membership, untilMs: nowMs + this.durationMs });
    this.expire(nowMs);
    if (this.sessions.size > this.sessionsMax) {
      for (const oldest of this.sessions.keys()) {
        this.sessions.delete(oldest);
        break;
      }
    }
  }

  /** Takes a session out: it is given once. */
  take(pid: PrivateSessionId, nowMs: number): KeptSession | undefined {
    const kept = this.sessions.get(pid);
    this.sessions.delete(pid);
    return kept !== undefined && kept.untilMs >= nowMs ? kept : undefined;
  }

  expire(nowMs: number): void {
    for (const [pid, kept] of this.sessions) {
      if (kept.untilMs >= nowMs) break;
      this.sessions.delete(pid);
    }
  }
}
