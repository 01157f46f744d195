import { emitOutcome, sentBefore } from "@hawser/protocol/internal";
import type { DeliveryAnswer, DeliveryFault, DeliveryRetry } from "@hawser/protocol/internal";
import { Entry } from "./entry.ts";
import { DeliveryError } from "./errors.ts";
import type { DeliveryErrorCode } from "./errors.ts";
import { limits } from "./limits.ts";
import type { Snapshot } from "./snapshot.ts";
import type { StoredEntry } from "./store.ts";

/** Bounds and habits of an outbox. */
export interface OutboxSettings {
  readonly bytesMax: number;
  readonly countMax: number;
  /** How long a message may wait for its delivery, in ms; undefined: for ever. */
  readonly ttlMs: number | undefined;
  readonly policy: "reject" | "drop-oldest";
  /** Send again what may have been handled already, when the server has forgotten the session. */
  readonly resend: boolean;
}

/** What an outbox needs of the world. */
export interface OutboxHost {
  /** In ms since 1970. */
  now(): number;
  /** Calls {@link Outbox.tick} at that time at the latest; undefined: no need. The last call counts. */
  wake(atMs: number | undefined): void;
  /** Sends `$emit`; the answer goes to {@link Outbox.answered}. */
  send(entry: Entry, flags: number): void;
  /** Writes an entry down; `done` is called once it is safe, or with what went wrong for one that is new. */
  put(entry: Entry, isNew: boolean, done: (error?: unknown) => void): void;
  remove(entry: Entry): void;
  /** The number of the next message has changed, and is to be written with what is put. */
  counted(): void;
  /** The server and this outbox do not agree: come in again. */
  resync(): void;
  changed(): void;
}

/**
 * What is on its way to the server: in order, as many at a time as it allows, each again and again until it has
 * settled. Without I/O and without a clock of its own.
 *
 * A message gets its number when its turn has come and not before, so that what never left can be taken back without
 * a gap; and it leaves only once it is stored with that number, so that the same message never has two.
 */
export class Outbox {
  readonly entries: Entry[] = [];
  bytes = 0;
  /** The number of the next message. */
  next = 1;
  private readonly settings: OutboxSettings;
  private readonly host: OutboxHost;
  private session: string | undefined = undefined;
  private inFlightMax = 0;
  private lastId = 0;
  private lastFlight = 0;
  private pausedUntilMs = 0;
  // No message expires before.
  private expiryMs = Infinity;
  private pauses = 0;
  private disorders = 0;
  private pumping = false;

  constructor(settings: OutboxSettings, host: OutboxHost) {
    this.settings = settings;
    this.host = host;
  }

  /** The number of the first message that is still held: all below have settled. */
  get first(): number {
    return this.entries[0]?.counter ?? this.next;
  }

  /** Takes what an earlier page has left behind, ahead of what is here already. */
  restore(rows: readonly StoredEntry[], next: number, session: string | undefined): void {
    const order = (row: StoredEntry) => row.counter ?? Infinity;
    // As `toSorted`, which browsers have had for less long than the rest.
    const old = Array.from(rows);
    old.sort((a, b) => order(a) - order(b) || a.id - b.id);
    const entries = old.map((row) => new Entry(row, true));
    // Nobody may ever ask for them.
    for (const { settled } of entries) settled.catch(() => {});
    this.entries.unshift(...entries);
    for (const { id, bytes, counter = 0 } of entries) {
      this.bytes += bytes;
      this.lastId = Math.max(this.lastId, id);
      next = Math.max(next, counter + 1);
    }
    this.next = next;
    this.session = session;
    this.tick();
    this.host.changed();
  }

  /**
   * Takes a message.
   * @throws DeliveryError `OUTBOX_FULL`
   */
  add({ args, bytes }: Snapshot): Entry {
    this.makeRoom(bytes);
    const sinceMs = this.host.now();
    const { ttlMs } = this.settings;
    // After all that earlier pages have stored, without knowing them yet.
    this.lastId = Math.max(this.lastId + 1, sinceMs * 1000);
    const expiresMs = ttlMs === undefined ? undefined : sinceMs + ttlMs;
    const entry = new Entry({ id: this.lastId, args, bytes, sinceMs, expiresMs }, false);
    this.entries.push(entry);
    this.bytes += bytes;
    this.expiryMs = Math.min(this.expiryMs, expiresMs ?? Infinity);
    this.pump();
    if (!entry.puts) this.put(entry);
    this.wake();
    this.host.changed();
    return entry;
  }

  /**
   * Takes a message back that has not been sent.
   * @returns false when it is not there any more
   * @throws DeliveryError `ALREADY_SENT`
   */
  cancel(id: number): boolean {
    const entry = this.entries.find((each) => each.id === id);
    if (!entry) return false;
    if (entry.maybeSent) throw new DeliveryError("ALREADY_SENT", "maybe");
    this.takeBack(entry, "CANCELLED");
    this.pump();
    this.host.changed();
    return true;
  }

  /** The server has let us in. */
  lineUp({ session, recovered, accepted, inFlight }: DeliveryAnswer): void {
    const isSame = recovered && session.id === this.session;
    for (const entry of this.entries) entry.flight = 0;
    this.pausedUntilMs = this.pauses = this.disorders = 0;
    this.inFlightMax = Math.max(1, inFlight);
    if (isSame) this.next = Math.max(this.next, accepted + 1);
    else this.onNewSession(this.session !== undefined);
    this.session = session.id;
    this.host.counted();
    this.pump();
    this.host.changed();
  }

  lineDown(): void {
    this.inFlightMax = 0;
    for (const entry of this.entries) entry.flight = 0;
    this.tick();
  }

  /** The arguments of the acknowledgement of one attempt. */
  answered(entry: Entry, flight: number, data: readonly unknown[]): void {
    if (entry.isDone) return;
    if (data[0] === emitOutcome.retry) {
      // Otherwise it is on its way again, and this is of the time before.
      if (flight === entry.flight) this.goBack(entry, data[1] as DeliveryRetry | undefined);
      return;
    }
    this.disorders = this.pauses = 0;
    if (data[0] === emitOutcome.accepted) {
      this.drop(entry);
      entry.resolve(data[1]);
    } else {
      const { code, message: text, data: more } = data[1] as DeliveryFault;
      this.drop(entry);
      entry.reject(new DeliveryError(code, "yes", { text, data: more }));
    }
    this.pump();
    this.wake();
    this.host.changed();
  }

  /** Some time has passed. */
  tick(): void {
    const now = this.host.now();
    const late: Entry[] = [];
    this.expiryMs = Infinity;
    for (const entry of this.entries) {
      const { expiresMs = Infinity, maybeSent } = entry;
      // What the server may be handling is left to it.
      if (maybeSent && this.inFlightMax) continue;
      if (expiresMs <= now) late.push(entry);
      else this.expiryMs = Math.min(this.expiryMs, expiresMs);
    }
    for (const entry of late) this.takeBack(entry, "EXPIRED");
    this.pump();
    this.wake();
    if (late.length) this.host.changed();
  }

  /** Gives up all that no server can have got. */
  refuse(error: Error): void {
    for (const entry of this.entries.filter(({ maybeSent }) => !maybeSent)) {
      this.drop(entry);
      entry.reject(error);
    }
    this.wake();
    this.host.changed();
  }

  /** The store is another's now: what is stored stays there, but this page hears no more of it. */
  abandon(): void {
    for (const { maybeSent, reject } of this.entries.splice(0)) {
      reject(new DeliveryError("OUTBOX_CLOSED", maybeSent ? "maybe" : "no"));
    }
    this.bytes = 0;
    this.expiryMs = Infinity;
    this.wake();
    this.host.changed();
  }

  private makeRoom(bytes: number): void {
    const { bytesMax, countMax, policy } = this.settings;
    const isFull = () => this.bytes + bytes > bytesMax || this.entries.length >= countMax;
    while (isFull()) {
      const oldest = this.entries.find(({ maybeSent }) => !maybeSent);
      if (policy === "reject" || bytes > bytesMax || !oldest) {
        throw new DeliveryError("OUTBOX_FULL", "no");
      }
      this.takeBack(oldest, "DROPPED");
    }
  }

  /** Sends what may be sent, in order. */
  private pump(): void {
    if (!this.inFlightMax || this.pumping || this.pausedUntilMs > this.host.now()) return;
    this.pumping = true;
    let room = this.inFlightMax;
    let isBlocked = false;
    for (const entry of this.entries) {
      if (room-- === 0) break;
      if (entry.flight) continue;
      if (entry.counter === undefined) {
        entry.counter = this.next++;
        this.host.counted();
        this.put(entry);
      }
      // Those behind it are given their numbers already, so that they are stored together.
      isBlocked ||= !entry.isSafe;
      if (!isBlocked) this.send(entry);
    }
    this.pumping = false;
  }

  private send(entry: Entry): void {
    const flags = entry.maybeSent ? sentBefore : 0;
    entry.maybeSent = true;
    entry.attempts++;
    entry.flight = ++this.lastFlight;
    this.host.send(entry, flags);
  }

  private put(entry: Entry): void {
    const version = ++entry.puts;
    this.host.put(entry, version === 1, (cause) => {
      if (entry.isDone) return;
      if (cause !== undefined) {
        if (entry.stored) return;
        this.takeBack(entry, "STORE_FAILED", cause);
      } else {
        entry.stored = Math.max(entry.stored, version);
      }
      this.pump();
      this.host.changed();
    });
  }

  /** The server has not taken this one, and so none behind it. */
  private goBack(from: Entry, { code, retryAfterMs }: Partial<DeliveryRetry> = {}): void {
    for (const entry of this.entries.slice(this.entries.indexOf(from))) entry.flight = 0;
    const isHead = from === this.entries[0];
    if (isHead && code === "OUT_OF_ORDER" && ++this.disorders >= limits.disordersMax) {
      this.disorders = 0;
      this.host.resync();
      return;
    }
    const { pauseMs, pauseMsMax } = limits;
    const delayMs = retryAfterMs ?? Math.min(pauseMsMax, pauseMs * 2 ** this.pauses++);
    this.pausedUntilMs = this.host.now() + delayMs;
    this.wake();
  }

  private onNewSession(isLost: boolean): void {
    this.next = 1;
    for (const entry of Array.from(this.entries)) {
      if (entry.counter === undefined) continue;
      if (isLost && entry.maybeSent && !this.settings.resend) {
        this.drop(entry);
        entry.reject(new DeliveryError("SESSION_LOST", "maybe"));
      } else {
        entry.counter = undefined;
        entry.maybeSent = false;
      }
    }
  }

  /** Settles a message with an error, and closes the gap that it would leave. */
  private takeBack(entry: Entry, code: DeliveryErrorCode, cause?: unknown): void {
    const { counter, maybeSent } = entry;
    this.drop(entry);
    entry.reject(new DeliveryError(code, maybeSent ? "maybe" : "no", { cause }));
    if (counter === undefined || maybeSent) return;
    // None behind it has been sent either.
    for (const each of this.entries) {
      if ((each.counter ?? 0) > counter) each.counter = undefined;
    }
    this.next = counter;
    this.host.counted();
  }

  private drop(entry: Entry): void {
    entry.isDone = true;
    this.entries.splice(this.entries.indexOf(entry), 1);
    this.bytes -= entry.bytes;
    this.host.remove(entry);
  }

  private wake(): void {
    const isPaused = this.inFlightMax && this.pausedUntilMs > this.host.now();
    const atMs = Math.min(this.expiryMs, isPaused ? this.pausedUntilMs : Infinity);
    this.host.wake(atMs === Infinity ? undefined : atMs);
  }
}
