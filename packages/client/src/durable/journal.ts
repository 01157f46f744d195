import type { OpenOutbox, StoredEntry, StoredState } from "./store.ts";

/** Told how the writing of an entry ended. */
type Done = (error?: unknown) => void;

interface Put {
  row: StoredEntry;
  isNew: boolean;
  readonly done: Done[];
}

/** What has changed and is not written yet. */
interface Changes {
  state: StoredState | undefined;
  readonly puts: Map<number, Put>;
  readonly removes: Set<number>;
}

/** How long a write that has failed waits for the next attempt. */
const retryMs = 1000;

/** What the journal needs of its surroundings. */
export interface JournalHost {
  set(run: () => void, delayMs: number): unknown;
  /** A write has failed; it is tried again. */
  failed(error: unknown): void;
}

/** Writes what changes, in order: what comes while a write is under way goes into the next one together. */
export class Journal {
  private readonly host: JournalHost;
  private box: OpenOutbox | undefined = undefined;
  private pending: Changes = nothing();
  private isWriting = false;
  private isWaiting = false;
  private readonly whenIdle: (() => void)[] = [];

  constructor(host: JournalHost) {
    this.host = host;
  }

  /** From now on there is something to write to. */
  open(box: OpenOutbox): void {
    this.box = box;
    this.write();
  }

  /** Of one entry the newest form is written. A new one is given up when the write fails, all else is tried again. */
  put(row: StoredEntry, isNew: boolean, done: Done): void {
    const known = this.pending.puts.get(row.id);
    if (known) {
      known.row = row;
      known.done.push(done);
    } else {
      this.pending.puts.set(row.id, { row, isNew, done: [done] });
    }
    this.writeSoon();
  }

  remove(id: number): void {
    this.pending.puts.delete(id);
    this.pending.removes.add(id);
    this.writeSoon();
  }

  save(state: StoredState): void {
    this.pending.state = state;
    this.writeSoon();
  }

  /** Ends when all is written, or a last attempt has failed. */
  flush(): Promise<void> {
    if (!this.box) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenIdle.push(resolve);
      this.write();
    });
  }

  // What one tick changes goes out together.
  private writeSoon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    queueMicrotask(() => this.write());
  }

  private write(): void {
    if (this.isWriting) return;
    this.isWaiting = false;
    const { box, pending } = this;
    if (!box) return;
    const { state, puts, removes } = pending;
    if (!state && !puts.size && !removes.size) {
      this.tellIdle();
      return;
    }
    this.pending = nothing();
    this.isWriting = true;
    const put = Array.from(puts.values(), ({ row }) => row);
    const failed = (error: unknown): void => this.onFailed(pending, error);
    try {
      const saved = box.save({ state, put, remove: Array.from(removes) });
      if (saved) saved.then(() => this.onWritten(puts), failed);
      else this.onWritten(puts);
    } catch (error) {
      failed(error);
    }
  }

  private onWritten(puts: Map<number, Put>): void {
    this.isWriting = false;
    for (const { done } of puts.values()) for (const each of done) each();
    this.write();
  }

  private onFailed({ state, puts, removes }: Changes, error: unknown): void {
    this.isWriting = false;
    const { pending } = this;
    pending.state ??= state;
    for (const id of removes) pending.removes.add(id);
    const given: Put[] = [];
    for (const [id, put] of puts) {
      const newer = pending.puts.get(id);
      if (put.isNew) {
        pending.puts.delete(id);
        given.push(put);
        if (newer) given.push(newer);
      } else if (newer) {
        newer.done.unshift(...put.done);
      } else if (!pending.removes.has(id)) {
        pending.puts.set(id, put);
      }
    }
    this.isWaiting = true;
    this.host.set(() => this.write(), retryMs);
    this.host.failed(error);
    for (const { done } of given) for (const each of done) each(error);
    this.tellIdle();
  }

  private tellIdle(): void {
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }
}

function nothing(): Changes {
  return { state: undefined, puts: new Map(), removes: new Set() };
}
