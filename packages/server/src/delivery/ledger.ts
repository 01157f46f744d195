import { Timeline } from "./timeline.ts";
import type { Batch, Log, LogEntry, StateChange } from "./log.ts";

/** Something whose states are saved with the next commit. */
export interface Stateful {
  states(): StateChange[];
}

/** After a failed commit the states are tried again. */
const retryMs = 1_000;

/**
 * Everything that is written to the log goes through here, in one order: what is said, and the states that have
 * changed before it was said, in the same transaction.
 */
export class Ledger {
  readonly log: Log;
  readonly timeline: Timeline = new Timeline();
  private readonly onError: (error: Error) => void;
  /** Those whose states have changed since they were written. */
  private dirty: Set<Stateful> = new Set();
  private flushing = false;
  /** The newest commit; those before it end before it. */
  private newest: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(log: Log, onError: (error: Error) => void) {
    this.log = log;
    this.onError = onError;
  }

  /**
   * Takes a message. `committed` is called when it is in the log, in the order of the offsets.
   * @returns its offset; rejects when the log refuses it, which need not be caught
   */
  append(entry: LogEntry, committed: (offset: number) => void): Promise<number> {
    this.timeline.expect();
    const commit = this.commit([entry], []).then(
      (offset) => {
        this.timeline.settle(offset);
        try {
          committed(offset);
        } finally {
          this.timeline.release();
        }
        return offset;
      },
      (error: Error) => {
        this.timeline.fail();
        throw error;
      },
    );
    commit.catch(() => {});
    return commit;
  }

  /** Saves states, in order with everything else. Rejects when the log refuses them. */
  async save(states: readonly StateChange[]): Promise<void> {
    await this.commit([], states);
  }

  /** The states of this one have changed: they are written with the next commit, in this tick at the latest. */
  touch(changed: Stateful): void {
    this.dirty.add(changed);
    if (this.flushing) return;
    this.flushing = true;
    queueMicrotask(() => {
      this.flushing = false;
      this.flush();
    });
  }

  /** The same, when it does no harm if the process dies before. */
  touchLater(changed: Stateful): void {
    this.dirty.add(changed);
    this.timer ??= this.flushIn(retryMs);
  }

  /** Ends when what has changed so far is in the log; rejects when the log refuses it. */
  async flushed(): Promise<void> {
    // Behind the flush of this tick.
    await Promise.resolve();
    if (this.dirty.size > 0) await this.save([]);
    else await this.newest;
  }

  close(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return this.flushed().catch(() => {});
  }

  private flush(): void {
    // A failure has been reported by then, and what failed is tried again.
    if (this.dirty.size > 0) this.commit([], []).catch(() => {});
  }

  private commit(entries: readonly LogEntry[], more: readonly StateChange[]): Promise<number> {
    const changed = this.dirty;
    let batch: Batch = { entries, states: more };
    if (changed.size > 0) {
      this.dirty = new Set();
      const states: StateChange[] = [];
      for (const one of changed) states.push(...one.states());
      batch = { entries, states: [...states, ...more] };
    }
    const commit = this.write(batch).catch((error: Error) => {
      for (const one of changed) this.dirty.add(one);
      if (this.dirty.size > 0) this.timer ??= this.flushIn(retryMs);
      this.onError(error);
      throw error;
    });
    this.newest = commit;
    commit.catch(() => {});
    return commit;
  }

  private write(batch: Batch): Promise<number> {
    try {
      return this.log.commit(batch);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private flushIn(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, ms);
    timer.unref();
    return timer;
  }
}
