import type { StoredEntry } from "./store.ts";

/** A message of the outbox as the application sees it. */
export interface OutboxEntry {
  /** For `cancel`; of two, the smaller is the older. */
  readonly id: number;
  readonly event: string;
  readonly args: readonly unknown[];
  /** `"sent"`: the server may have got it, so it cannot be cancelled any more. */
  readonly state: "waiting" | "sent";
  /** How often it was sent by this page. */
  readonly attempts: number;
  /** When it was emitted, in ms since 1970. */
  readonly sinceMs: number;
  /** About what it holds, in bytes. */
  readonly bytes: number;
  /** The promise that `emit` gave, also for what an earlier page has left behind. */
  readonly settled: Promise<unknown>;
}

/** A message on its way to the server. */
export class Entry implements OutboxEntry {
  readonly id: number;
  /** The event's name and its arguments. */
  readonly data: readonly unknown[];
  readonly bytes: number;
  readonly sinceMs: number;
  readonly expiresMs: number | undefined;
  readonly settled: Promise<unknown>;
  /** Its number in the session, once it has been chosen to be sent. */
  counter: number | undefined;
  /** The server may have got it. */
  maybeSent: boolean;
  attempts = 0;
  /** Names the attempt that waits for an answer on this line; 0: none does. */
  flight = 0;
  /** How often it was given to the store, and how many of these are safe. */
  puts = 0;
  stored = 0;
  isDone = false;
  resolve!: (answer: unknown) => void;
  reject!: (error: Error) => void;

  /** @param isStored whether it comes from the store */
  constructor(row: StoredEntry, isStored: boolean) {
    this.id = row.id;
    this.data = row.args;
    this.bytes = row.bytes;
    this.sinceMs = row.sinceMs;
    this.expiresMs = row.expiresMs;
    this.counter = row.counter;
    this.maybeSent = row.counter !== undefined;
    if (isStored) this.puts = this.stored = 1;
    this.settled = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get event(): string {
    return this.data[0] as string;
  }

  get args(): readonly unknown[] {
    return this.data.slice(1);
  }

  get state(): "waiting" | "sent" {
    return this.maybeSent ? "sent" : "waiting";
  }

  /** What is safe in the store is what it is now. */
  get isSafe(): boolean {
    return this.stored === this.puts;
  }

  get row(): StoredEntry {
    const { id, data: args, bytes, sinceMs, expiresMs, counter } = this;
    return { id, args, bytes, sinceMs, expiresMs, counter };
  }
}
