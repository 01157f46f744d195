/**
 * When the messages of a rate are meant to be sent. They are due by the clock, whether or not the server keeps up: a
 * latency that is counted from then on has the waiting in it that a real sender would have had (no coordinated omission).
 */
export class Schedule {
  readonly #startMs: number;
  readonly #intervalMs: number;
  #next = 0;

  constructor(startMs: number, ratePerSecond: number) {
    this.#startMs = startMs;
    this.#intervalMs = 1_000 / ratePerSecond;
  }

  /** Takes the next message that is due: when it was meant to be sent. Undefined when none is. */
  take(nowMs: number): number | undefined {
    const due = this.#startMs + this.#next * this.#intervalMs;
    if (due > nowMs) return undefined;
    this.#next += 1;
    return due;
  }
}
