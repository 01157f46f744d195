import type { AckCallback } from "./acks.ts";

/** How one event is to be sent. */
export interface Flags {
  compress?: boolean;
  volatile?: boolean;
  /** Time limit of the acknowledgement, in milliseconds. */
  timeout?: number;
  /** The callback takes an error first. */
  withError?: boolean;
}

interface Entry {
  readonly args: readonly unknown[];
  readonly flags: Flags;
  readonly ack: AckCallback | undefined;
  attempts: number;
  /** Sent, and not yet answered. */
  pending: boolean;
}

/** What the queue needs of its socket. */
export interface RetrySender {
  /** Whether an event would reach the connection now. */
  canSend(): boolean;
  /** Sends an event whose last argument is its acknowledgement callback, which takes an error first. */
  transmit(args: unknown[], flags: Flags): void;
}

/**
 * Events of a socket with `retries`: one at a time and in order, each sent until it is acknowledged. They arrive at
 * least once, unless the retries run out.
 */
export class RetryQueue {
  readonly #sender: RetrySender;
  readonly #retries: number;
  readonly #entries: Entry[] = [];

  constructor(sender: RetrySender, retries: number) {
    this.#sender = sender;
    this.#retries = retries;
  }

  add(args: unknown[], flags: Flags): void {
    const ack = typeof args.at(-1) === "function" ? (args.pop() as AckCallback) : undefined;
    this.#entries.push({
      args,
      flags: { ...flags, withError: true },
      ack,
      attempts: 0,
      pending: false,
    });
    this.drain();
  }

  /** Sends the first event, unless that has been done: when its connection is lost it hears so as its answer. */
  drain(): void {
    const entry = this.#entries[0];
    if (!entry || entry.pending || !this.#sender.canSend()) return;
    entry.pending = true;
    entry.attempts++;
    const answered = (error: Error | null, ...values: unknown[]) => {
      // An earlier attempt was faster.
      if (entry !== this.#entries[0]) return;
      entry.pending = false;
      if (!error || entry.attempts > this.#retries) {
        this.#entries.shift();
        entry.ack?.(error, ...values);
      }
      this.drain();
    };
    this.#sender.transmit([...entry.args, answered], entry.flags);
  }
}
