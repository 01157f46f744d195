/** How often something may happen: so many a second on average, and `burst` of them at once. */
export interface Rate {
  perSecond: number;
  /** Default: as many as in one second, at least 1. */
  burst?: number | undefined;
}

/**
 * A rate for each of many names. A name costs one number: the time at which its bucket would be full again (the generic
 * cell rate algorithm), so what is full again need not be remembered. The clock is handed in.
 */
export class RateLimiter {
  private readonly periodMs: number;
  private readonly toleranceMs: number;
  private readonly namesMax: number;
  /** When each bucket is full again. */
  private readonly fullAt = new Map<string, number>();
  private sweptAt = -Infinity;

  /** `namesMax`: with more names than this, the one that was away longest is forgotten. */
  constructor(rate: Rate, namesMax: number) {
    this.periodMs = 1_000 / rate.perSecond;
    const burst = Math.max(1, rate.burst ?? Math.ceil(rate.perSecond));
    this.toleranceMs = this.periodMs * (burst - 1);
    this.namesMax = namesMax;
  }

  /** Names that are remembered. */
  get size(): number {
    return this.fullAt.size;
  }

  /** Milliseconds until `name` may go on; 0 when it may now. Takes nothing. */
  waitMs(name: string, now: number): number {
    const early = (this.fullAt.get(name) ?? now) - now - this.toleranceMs;
    // What rounding leaves is no reason to wait.
    return early > 1e-6 ? early : 0;
  }

  /** Counts one. */
  take(name: string, now: number): void {
    const fullAt = Math.max(this.fullAt.get(name) ?? now, now) + this.periodMs;
    // The last that came stands last.
    this.fullAt.delete(name);
    if (this.fullAt.size >= this.namesMax) this.forget(now);
    this.fullAt.set(name, fullAt);
  }

  private forget(now: number): void {
    // A sweep looks at every name, so it must not come with every one of a flood.
    if (now - this.sweptAt >= 1_000) {
      this.sweptAt = now;
      for (const [name, fullAt] of this.fullAt) if (fullAt <= now) this.fullAt.delete(name);
    }
    if (this.fullAt.size < this.namesMax) return;
    const [first] = this.fullAt.keys();
    this.fullAt.delete(first as string);
  }
}
