import type { Timer, Timers } from "./timers.ts";

// A timer takes no more than 31 bits; a longer one would ring at once.
const timerMsMax = 2e9;

/**
 * Watches that the server's pings keep coming. A timer of a sleeping machine or of a page in the background may be
 * late, so the deadline is kept as a time of day too and can be asked for.
 */
export interface Heartbeat {
  /** Starts to wait anew. */
  restart(waitMs: number): void;
  /** Watches no longer. */
  stop(): void;
  /** Whether the wait is over although the timer may not have noticed; then the loss is reported soon. */
  isExpired(): boolean;
}

/** A heartbeat that calls `onLost` when it stays out. */
export function createHeartbeat(timers: Timers, onLost: () => void): Heartbeat {
  let timer: Timer | undefined;
  // Milliseconds since 1970; Infinity while nothing is watched.
  let deadline = Infinity;

  function stop(): void {
    timers.clear(timer);
    deadline = Infinity;
  }
  function lose(): void {
    stop();
    onLost();
  }
  return {
    restart(waitMs) {
      stop();
      deadline = Date.now() + waitMs;
      timer = timers.set(lose, Math.min(waitMs, timerMsMax));
    },
    stop,
    isExpired() {
      const expired = Date.now() > deadline;
      // The deadline stays as it is until then, so that further questions get the same answer.
      if (expired) queueMicrotask(lose);
      return expired;
    },
  };
}
