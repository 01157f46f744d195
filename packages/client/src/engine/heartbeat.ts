import type { Timer, Timers } from "./timers.ts";

// A timer takes no more than 31 bits; a longer one would ring at once.
const timerMsMax = 2 ** 31 - 1;

/**
 * Watches that the server's pings keep coming. A timer of a sleeping machine or of a page in the background may be
 * late, so the deadline is kept as a time of day too and can be asked for.
 */
export class Heartbeat {
  readonly #timers: Timers;
  readonly #onLost: () => void;
  #timer: Timer | undefined;
  // Milliseconds since 1970; 0 while nothing is watched.
  #deadline = 0;

  constructor(timers: Timers, onLost: () => void) {
    this.#timers = timers;
    this.#onLost = onLost;
  }

  /** Starts to wait anew. */
  restart(waitMs: number): void {
    this.stop();
    this.#deadline = Date.now() + waitMs;
    this.#timer = this.#timers.set(() => this.#lose(), Math.min(waitMs, timerMsMax));
  }

  /** Watches no longer. */
  stop(): void {
    this.#timers.clear(this.#timer);
    this.#deadline = 0;
  }

  /** Whether the wait is over although the timer may not have noticed; then the loss is reported soon. */
  isExpired(): boolean {
    if (!this.#deadline || Date.now() <= this.#deadline) return false;
    // The deadline stays as it is until then, so that further questions get the same answer.
    queueMicrotask(() => this.#lose());
    return true;
  }

  #lose(): void {
    this.stop();
    this.#onLost();
  }
}
