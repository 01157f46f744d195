import { Problem } from "./problem.ts";

/** How many requests a key may send. */
export interface PublishRate {
  /** Requests a second; each item of a batch counts as one. */
  readonly perSecond: number;
  /** What may come at once. Default: twice as many. */
  readonly burst?: number | undefined;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A bucket of tokens for each key. There are as many as there are keys; those of keys that are gone are full, and go. */
export class RateLimit {
  private readonly perMs: number;
  private readonly burst: number;
  private readonly now: () => number;
  private readonly buckets: Map<string, Bucket> = new Map();
  private sweptMs = 0;

  constructor({ perSecond, burst = perSecond * 2 }: PublishRate, now: () => number = Date.now) {
    this.perMs = perSecond / 1_000;
    this.burst = Math.max(1, burst);
    this.now = now;
  }

  /** Takes tokens. More than ever fit take all there are, so that a large batch is not refused for good. @throws Problem `RATE` */
  take(key: string, count: number): void {
    const nowMs = this.now();
    this.sweep(nowMs);
    const bucket = this.buckets.get(key) ?? { tokens: this.burst, atMs: nowMs };
    this.buckets.set(key, bucket);
    bucket.tokens = Math.min(this.burst, bucket.tokens + (nowMs - bucket.atMs) * this.perMs);
    bucket.atMs = nowMs;
    const wanted = Math.min(count, this.burst);
    if (bucket.tokens >= wanted) {
      bucket.tokens -= wanted;
      return;
    }
    throw new Problem("RATE", { retryAfterMs: (wanted - bucket.tokens) / this.perMs });
  }

  private sweep(nowMs: number): void {
    const fullAfterMs = this.burst / this.perMs;
    if (nowMs - this.sweptMs < fullAfterMs) return;
    this.sweptMs = nowMs;
    for (const [key, { atMs }] of this.buckets) {
      if (nowMs - atMs >= fullAfterMs) this.buckets.delete(key);
    }
  }
}
