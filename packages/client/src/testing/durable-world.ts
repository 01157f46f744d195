import type { DeliveryAnswer } from "@hawser/protocol/internal";
import { Journal } from "../durable/journal.ts";
import { Outbox } from "../durable/outbox.ts";
import type { Entry } from "../durable/entry.ts";
import type { OutboxSettings } from "../durable/outbox.ts";
import type { OpenOutbox, StoreChanges, StoredEntry, StoredState } from "../durable/store.ts";

/** Numbers from 0 up to 1, always the same for a seed. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A clock that the test moves: what is due runs in order of time, and all that follows from it before the next. */
export class VirtualTime {
  nowMs = 1_000_000;
  private due: { atMs: number; run: () => void }[] = [];

  set(run: () => void, delayMs: number): { atMs: number; run: () => void } {
    const job = { atMs: this.nowMs + delayMs, run };
    this.due.push(job);
    return job;
  }

  clear(job: { atMs: number; run: () => void } | undefined): void {
    this.due = this.due.filter((each) => each !== job);
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await settled();
    for (;;) {
      const next = this.due.reduce<{ atMs: number; run: () => void } | undefined>(
        (first, job) => (job.atMs <= endMs && !(first && first.atMs <= job.atMs) ? job : first),
        undefined,
      );
      if (!next) break;
      this.clear(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
      await settled();
    }
    this.nowMs = endMs;
  }
}

/** All that follows from what has happened has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A store whose writes take time, and fail when it is told so; a page that dies takes along what is not written. */
export class SlowStore {
  state: StoredState | undefined = undefined;
  rows: Map<number, StoredEntry> = new Map();
  failing = false;
  private readonly time: VirtualTime;
  private readonly delayMs: () => number;
  private generation = 0;

  constructor(time: VirtualTime, delayMs: () => number) {
    this.time = time;
    this.delayMs = delayMs;
  }

  /** Pages before are dead. */
  open(): OpenOutbox {
    const generation = ++this.generation;
    return {
      state: this.state,
      entries: Array.from(this.rows.values()),
      save: (changes) =>
        new Promise((resolve, reject) => {
          this.time.set(() => {
            if (generation !== this.generation) return;
            if (this.failing) {
              reject(new Error("the disk is full"));
              return;
            }
            this.apply(changes);
            resolve();
          }, this.delayMs());
        }),
      close() {},
    };
  }

  private apply({ state, put, remove }: StoreChanges): void {
    if (state) this.state = state;
    for (const row of put) this.rows.set(row.id, row);
    for (const id of remove) this.rows.delete(id);
  }
}

interface Call {
  readonly counter: number;
  readonly value: unknown;
  answer: (data: unknown[]) => void;
}

interface ServerSession {
  settled: number;
  readonly results: Map<number, unknown[]>;
  waiting: Call[];
  running: Call | undefined;
}

/** What a server does with durable messages: each once, in order, one after another, with the original answer again. */
export class ModelServer {
  readonly handled: unknown[] = [];
  /** What came again without saying so. */
  readonly unflagged: string[] = [];
  private readonly seen: Set<string> = new Set();
  inFlight = 4;
  private sessions: Map<string, ServerSession> = new Map();
  private life = 0;
  private made = 0;
  private readonly time: VirtualTime;
  private readonly chance: () => number;

  constructor(time: VirtualTime, chance: () => number) {
    this.time = time;
    this.chance = chance;
  }

  connect(id: string | undefined, next: number): DeliveryAnswer {
    const known = id === undefined ? undefined : this.sessions.get(id);
    const name = known ? id! : `s${++this.made}`;
    const session = known ?? {
      settled: 0,
      results: new Map(),
      waiting: [],
      running: undefined,
    };
    this.sessions.set(name, session);
    session.waiting = [];
    if (known && !session.running) session.settled = Math.max(session.settled, next - 1);
    return {
      v: 1,
      session: { id: name, secret: "" },
      recovered: !!known,
      position: { epoch: "e", offset: 0 },
      accepted: session.settled,
      inFlight: this.inFlight,
    };
  }

  emit(
    id: string,
    [counter, flags, value]: [number, number, unknown],
    answer: (data: unknown[]) => void,
  ): void {
    const session = this.sessions.get(id)!;
    const name = `${id}:${counter}`;
    if (!flags && this.seen.has(name)) this.unflagged.push(name);
    this.seen.add(name);
    const { settled, results, running, waiting } = session;
    if (counter <= settled) {
      answer(results.get(counter) ?? [1, { code: "RESULT_FORGOTTEN", message: "gone" }]);
    } else if (this.chance() < 0.03) {
      answer([2, { code: "OVERLOADED", retryAfterMs: 30 }]);
    } else if (counter === running?.counter) {
      running.answer = answer;
    } else if (counter !== settled + 1 + waiting.length + (running ? 1 : 0)) {
      answer([2, { code: "OUT_OF_ORDER" }]);
    } else {
      waiting.push({ counter, value, answer });
      this.handleNext(session);
    }
  }

  /** Killed and started again: what was being handled has not been. */
  restart(): void {
    this.life++;
    for (const session of this.sessions.values()) {
      session.running = undefined;
      session.waiting = [];
    }
  }

  forgetSessions(): void {
    this.restart();
    this.sessions.clear();
  }

  private handleNext(session: ServerSession): void {
    if (session.running || !session.waiting.length) return;
    const { life } = this;
    const call = (session.running = session.waiting.shift()!);
    this.time.set(() => {
      if (life !== this.life) return;
      const { counter, value } = call;
      this.handled.push(value);
      session.running = undefined;
      session.settled = counter;
      const fault = { code: "HANDLER_FAILED", message: "no" };
      const result = this.chance() < 0.1 ? [1, fault] : [0, value];
      session.results.set(counter, result);
      call.answer(result);
      this.handleNext(session);
    }, this.chance() * 20);
  }
}

/** A page with an outbox, as the link of a socket drives it. */
export class ModelPage {
  readonly outbox: Outbox;
  readonly journal: Journal;
  resyncs = 0;
  private readonly time: VirtualTime;
  private readonly server: ModelServer;
  private session: string | undefined;
  private line = 0;
  private timer: { atMs: number; run: () => void } | undefined = undefined;
  private isDead = false;

  constructor(time: VirtualTime, store: OpenOutbox, server: ModelServer, settings: OutboxSettings) {
    this.time = time;
    this.server = server;
    this.session = store.state?.session?.id;
    this.journal = new Journal({
      set: (run, delayMs) => time.set(() => this.isDead || run(), delayMs),
      failed() {},
    });
    this.outbox = new Outbox(settings, {
      now: () => time.nowMs,
      wake: (atMs) => {
        time.clear(this.timer);
        if (atMs === undefined) return;
        this.timer = time.set(
          () => this.isDead || this.outbox.tick(),
          Math.max(0, atMs - time.nowMs),
        );
      },
      send: (entry, flags) => this.send(entry, flags),
      put: (entry, isNew, done) => this.journal.put(entry.row, isNew, done),
      remove: ({ id }) => this.journal.remove(id),
      counted: () => this.save(),
      resync: () => {
        this.resyncs++;
        this.cut();
        this.connect();
      },
      changed() {},
    });
    this.outbox.restore(store.entries, store.state?.next ?? 1, this.session);
    this.journal.open(store);
  }

  connect(): void {
    const line = ++this.line;
    this.over(line, () => {
      const answer = this.server.connect(this.session, this.outbox.first);
      this.over(line, () => {
        this.session = answer.session.id;
        this.outbox.lineUp(answer);
      });
    });
  }

  cut(): void {
    this.line++;
    this.outbox.lineDown();
  }

  die(): void {
    this.isDead = true;
    this.line++;
    this.time.clear(this.timer);
  }

  private save(): void {
    const { session, outbox } = this;
    this.journal.save({
      session: session ? { id: session, secret: "" } : undefined,
      next: outbox.next,
    });
  }

  private send(entry: Entry, flags: number): void {
    const { line, session } = this;
    const { counter, flight, data } = entry;
    this.over(line, () =>
      this.server.emit(session!, [counter!, flags, data[1]], (answer) =>
        this.over(line, () => this.outbox.answered(entry, flight, answer)),
      ),
    );
  }

  // What is on a line that is cut is lost; otherwise it arrives in order.
  private over(line: number, run: () => void): void {
    this.time.set(() => {
      if (line === this.line) run();
    }, 5);
  }
}
