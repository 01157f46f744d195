import { takeCallback } from "./acks.ts";
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
}

/**
 * Events of a socket with `retries`: one at a time and in order, each sent until it is acknowledged. They arrive at
 * least once, unless the retries run out.
 */
export interface RetryQueue {
  add(args: unknown[], flags: Flags): void;
  /** Sends the first event, unless that has been done: when its connection is lost it hears so as its answer. */
  drain(): void;
}

/**
 * @param canSend whether an event would reach the connection now
 * @param transmit sends an event whose last argument is its acknowledgement callback, which takes an error first
 */
export function createRetryQueue(
  canSend: () => boolean,
  transmit: (args: unknown[], flags: Flags) => void,
  retries: number,
): RetryQueue {
  const entries: Entry[] = [];
  // Of the first one.
  let attempts = 0;
  let pending = false;

  function drain(): void {
    const entry = entries[0];
    if (!entry || pending || !canSend()) return;
    const { args, flags, ack } = entry;
    pending = true;
    attempts++;
    const answered = (error: Error | null, ...values: unknown[]) => {
      // An earlier attempt was faster.
      if (entry !== entries[0]) return;
      pending = false;
      if (!error || attempts > retries) {
        attempts = 0;
        entries.shift();
        ack?.(error, ...values);
      }
      drain();
    };
    transmit([...args, answered], { ...flags, withError: true });
  }
  return {
    add(args, flags) {
      entries.push({ ack: takeCallback(args), args, flags });
      drain();
    },
    drain,
  };
}
