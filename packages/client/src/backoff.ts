/** How the delays between reconnection attempts grow. */
export interface BackoffOptions {
  /** First delay, in milliseconds. */
  min: number;
  /** No delay is longer, in milliseconds. */
  max: number;
  /** From 0 to 1: how far a delay may be from its nominal value, so that clients do not come back in step. */
  jitter: number;
}

/** Exponential backoff: each delay is twice the one before, with jitter. */
export class Backoff implements BackoffOptions {
  min: number;
  max: number;
  jitter: number;
  /** Delays handed out since the last reset. */
  attempts = 0;
  readonly #random: () => number;

  constructor(options: BackoffOptions, random: () => number = Math.random) {
    this.min = options.min;
    this.max = options.max;
    this.jitter = options.jitter;
    this.#random = random;
  }

  /** The next delay in milliseconds. */
  next(): number {
    // 2 ** 1024 is Infinity, and 0 times that is no delay at all.
    const nominal = this.min * 2 ** Math.min(this.attempts++, 50);
    // Beyond the limit the jitter applies to the limit itself, so that late attempts stay spread as well.
    const spread = 1 + this.jitter * (2 * this.#random() - 1);
    return Math.floor(Math.min(this.max, Math.min(this.max, nominal) * spread));
  }

  /** Starts again from the first delay. */
  reset(): void {
    this.attempts = 0;
  }
}
