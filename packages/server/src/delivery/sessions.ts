import { acceptedKey, DeliverySession, resultsPrefix, sessionKey, stateKeys } from "./session.ts";
import type { Ledger, Stateful } from "./ledger.ts";
import type { StateChange } from "./log.ts";
import type { SessionLimits, SessionRecord } from "./session.ts";

/** How many sessions are kept, and for how long. */
export interface SessionBounds extends SessionLimits {
  /** How long a session is kept after its line has gone, in ms. */
  readonly ageMs: number;
  /** Sessions without a line; the oldest go first. */
  readonly awayMax: number;
  /** Sessions without a line that are kept in memory, too. */
  readonly awayInMemoryMax: number;
}

/** What is known of every session without looking into the log. */
interface Known {
  readonly userKey: string | undefined;
  /** Valid while the session is in memory. */
  session: DeliverySession | undefined;
  /** When its line went, in ms since the epoch; 0 while it has one. */
  leftMs: number;
  /** How long it is kept after that, in ms. */
  readonly ageMs: number;
}

/** The state of a user: up to where the sessions that are over had come. */
function userStateKey(namespace: string, user: string): string {
  return stateKeys.users + JSON.stringify([namespace, user]);
}

/** After this time without a line nothing of a session is on its way into the log any more, in ms. */
const settleMs = 10_000;
/** How often it is looked for sessions that memory need not hold, in ms. */
const evictionMs = 1_000;
/** How many expired sessions go in one transaction. */
const expiredPerCommit = 100;

/** All sessions of the log: those with a line in memory, the others in the log's states, with an index of them. */
export class Sessions {
  private readonly ledger: Ledger;
  private readonly bounds: SessionBounds;
  private readonly now: () => number;
  /** Those without a line stand behind each other in the order in which it went. */
  private readonly known: Map<string, Known> = new Map();
  private readonly perUser: Map<string, number> = new Map();
  private isExpiring = false;
  private nextEvictionMs = 0;
  private away = 0;
  private awayInMemory = 0;
  /** Those that this process has let go from memory: it knows all that has happened to them. */
  private readonly evicted: Set<string> = new Set();
  private readonly statefuls: WeakMap<DeliverySession, SessionState> = new WeakMap();
  /** Lookups that are under way, so that a session is never in memory twice. */
  private readonly loading: Map<string, Promise<DeliverySession | undefined>> = new Map();

  /** @param now the time, in ms since the epoch */
  constructor(ledger: Ledger, bounds: SessionBounds, now: () => number) {
    this.ledger = ledger;
    this.bounds = bounds;
    this.now = now;
    ledger.timeline.onShift = (shift) => {
      for (const { session } of this.known.values()) {
        if (session === undefined) continue;
        session.shift(shift);
        this.touch(session);
      }
    };
  }

  /** Sessions that a client may come back for, and those that have a line. */
  get size(): number {
    return this.known.size;
  }

  /** Learns which sessions the log knows. */
  async open(): Promise<void> {
    const nowMs = this.now();
    const found: ({ id: string } & Known)[] = [];
    for await (const { key, value } of this.ledger.log.states(stateKeys.sessions)) {
      const record = JSON.parse(value) as SessionRecord;
      // The process that had a line to it is no more: it has been away since about now.
      const leftMs = record.leftMs || nowMs;
      const userKey = record.user && userStateKey(record.ns, record.user);
      const ageMs = record.ageMs ?? this.bounds.ageMs;
      const id = key.slice(stateKeys.sessions.length);
      found.push({ id, userKey, session: undefined, leftMs, ageMs });
    }
    found.sort((a, b) => a.leftMs - b.leftMs);
    for (const { id, ...known } of found) {
      this.remember(id, known);
      this.away++;
    }
  }

  /** A new session; it is known from {@link attach} on. */
  make(id: string, record: SessionRecord): DeliverySession {
    return new DeliverySession(id, record, this.bounds, 0, false);
  }

  /** The session of an id, unless it is over. */
  find(id: string): Promise<DeliverySession | undefined> {
    const known = this.known.get(id);
    if (known === undefined) return Promise.resolve(undefined);
    if (known.leftMs !== 0 && known.leftMs + known.ageMs < this.now()) {
      return Promise.resolve(undefined);
    }
    if (known.session !== undefined) return Promise.resolve(known.session);
    let loading = this.loading.get(id);
    if (loading === undefined) {
      loading = this.load(id, known).finally(() => this.loading.delete(id));
      this.loading.set(id, loading);
    }
    return loading;
  }

  /** A session has a line. @returns false when it is over */
  attach(session: DeliverySession, isNew: boolean): boolean {
    if (isNew) {
      const ageMs = session.ageMs ?? this.bounds.ageMs;
      const userKey = session.user && userStateKey(session.namespace, session.user);
      this.remember(session.id, { userKey, session, leftMs: 0, ageMs });
    }
    const known = this.known.get(session.id);
    if (known === undefined) return false;
    if (known.leftMs !== 0) {
      this.away--;
      this.awayInMemory--;
    }
    known.leftMs = 0;
    session.leftMs = 0;
    this.touch(session);
    return true;
  }

  /** A session has no line any more. */
  detach(session: DeliverySession): void {
    const known = this.known.get(session.id);
    if (known === undefined || known.leftMs !== 0) return;
    known.leftMs = this.now();
    session.leftMs = known.leftMs;
    this.away++;
    this.awayInMemory++;
    // At the end of the order.
    this.known.delete(session.id);
    this.known.set(session.id, known);
    this.touch(session);
    this.keepBounds();
  }

  /** A session has changed. */
  touch(session: DeliverySession): void {
    this.ledger.touch(this.stateful(session));
  }

  /** A session has changed, which does no harm if it gets lost. */
  touchLater(session: DeliverySession): void {
    this.ledger.touchLater(this.stateful(session));
  }

  /** Whether a session of this user is there, with or without a line. */
  has(namespace: string, user: string): boolean {
    return this.perUser.has(userStateKey(namespace, user));
  }

  /** Up to where the sessions of this user that are over had come. */
  async positionOf(namespace: string, user: string): Promise<number> {
    return Number((await this.ledger.log.get(userStateKey(namespace, user))) ?? 0);
  }

  /** Sets the user of a new session. */
  setUser(session: DeliverySession, user: string): void {
    session.user = user;
    const known = this.known.get(session.id);
    if (known === undefined) return;
    this.forget(session.id, known);
    this.remember(session.id, { ...known, userKey: userStateKey(session.namespace, user) });
  }

  /** Ends a session: nobody can come back for it. */
  async end(id: string): Promise<void> {
    const states = await this.endStates(id);
    await this.ledger.save(states);
  }

  /** Ends the sessions whose time is over, and the oldest of too many. */
  async expire(): Promise<void> {
    if (this.isExpiring) return;
    this.isExpiring = true;
    try {
      await this.expireAll(this.now());
    } finally {
      this.isExpiring = false;
    }
  }

  private async expireAll(nowMs: number): Promise<void> {
    let states: StateChange[] = [];
    let count = 0;
    for (const [id, { leftMs, ageMs }] of this.known) {
      if (leftMs === 0) continue;
      if (this.away <= this.bounds.awayMax && leftMs + ageMs >= nowMs) continue;
      states.push(...(await this.endStates(id)));
      if (++count % expiredPerCommit !== 0) continue;
      await this.ledger.save(states);
      states = [];
    }
    if (states.length > 0) await this.ledger.save(states);
  }

  private async endStates(id: string): Promise<StateChange[]> {
    const known = this.known.get(id);
    if (known === undefined) return [];
    this.forget(id, known);
    if (known.leftMs !== 0) {
      this.away--;
      if (known.session !== undefined) this.awayInMemory--;
    }
    const states: StateChange[] = [
      { key: sessionKey(id), value: null },
      { key: acceptedKey(id), value: null },
    ];
    const { log } = this.ledger;
    for await (const { key } of log.states(resultsPrefix(id))) states.push({ key, value: null });
    if (known.userKey === undefined) return states;
    const saved = known.session === undefined ? await log.get(sessionKey(id)) : undefined;
    const position =
      known.session?.position ??
      (saved === undefined ? 0 : (JSON.parse(saved) as SessionRecord).position);
    const before = Number((await log.get(known.userKey)) ?? 0);
    if (position > before) states.push({ key: known.userKey, value: String(position) });
    return states;
  }

  private async load(id: string, known: Known): Promise<DeliverySession | undefined> {
    const { log } = this.ledger;
    const [saved, accepted] = await Promise.all([
      log.get(sessionKey(id)),
      log.get(acceptedKey(id)),
    ]);
    if (saved === undefined) return undefined;
    const record = JSON.parse(saved) as SessionRecord;
    const evicted = this.evicted.delete(id);
    const session = new DeliverySession(id, record, this.bounds, Number(accepted ?? 0), !evicted);
    const results: [number, string, string][] = [];
    const prefix = resultsPrefix(id);
    for await (const { key, value } of log.states(prefix)) {
      results.push([Number(key.slice(prefix.length)), key, value]);
    }
    results.sort(([a], [b]) => a - b);
    for (const [, key, value] of results) session.restoreResult(key, value);
    // It may have ended meanwhile.
    if (this.known.get(id) !== known) return undefined;
    known.session = session;
    session.leftMs = known.leftMs;
    this.awayInMemory++;
    return session;
  }

  private keepBounds(): void {
    if (this.away > this.bounds.awayMax) void this.expire().catch(() => {});
    const nowMs = this.now();
    // When many lines go at once, not each of them looks through all that went before.
    if (this.awayInMemory <= this.bounds.awayInMemoryMax || nowMs < this.nextEvictionMs) return;
    this.nextEvictionMs = nowMs + evictionMs;
    for (const [id, known] of this.known) {
      const { session, leftMs } = known;
      if (leftMs === 0 || session === undefined) continue;
      // What it has saved last may still be on its way into the log.
      if (nowMs - leftMs < settleMs) break;
      if (!session.acceptance.idle || this.statefuls.get(session)?.isDirty) continue;
      known.session = undefined;
      this.evicted.add(id);
      if (--this.awayInMemory <= this.bounds.awayInMemoryMax) break;
    }
  }

  private stateful(session: DeliverySession): SessionState {
    let state = this.statefuls.get(session);
    if (state === undefined) {
      state = new SessionState(session, () => this.known.has(session.id));
      this.statefuls.set(session, state);
    }
    state.isDirty = true;
    return state;
  }

  private remember(id: string, known: Known): void {
    this.known.set(id, known);
    const { userKey } = known;
    if (userKey !== undefined) this.perUser.set(userKey, (this.perUser.get(userKey) ?? 0) + 1);
  }

  private forget(id: string, { userKey }: Known): void {
    this.known.delete(id);
    this.evicted.delete(id);
    if (userKey === undefined) return;
    const left = this.perUser.get(userKey)! - 1;
    if (left === 0) this.perUser.delete(userKey);
    else this.perUser.set(userKey, left);
  }
}

/** A session as the ledger sees it. */
class SessionState implements Stateful {
  isDirty = false;
  private readonly session: DeliverySession;
  private readonly isKnown: () => boolean;

  constructor(session: DeliverySession, isKnown: () => boolean) {
    this.session = session;
    this.isKnown = isKnown;
  }

  states(): StateChange[] {
    this.isDirty = false;
    // One that is over must not come back from the dead.
    if (!this.isKnown() || this.session.isHalf) return [];
    return [{ key: sessionKey(this.session.id), value: JSON.stringify(this.session.record()) }];
  }
}
