import { Refusal } from "./refusal.ts";
import { TokenBucket } from "./token-bucket.ts";

const rates = {
  send: { burst: 20, perSecond: 4 },
  /** Joining and paging: a page that comes back joins all its rooms at once. */
  read: { burst: 120, perSecond: 20 },
  picture: { burst: 60, perSecond: 20 },
  seen: { burst: 60, perSecond: 10 },
  typing: { burst: 10, perSecond: 4 },
  change: { burst: 5, perSecond: 0.5 },
  probe: { burst: 10, perSecond: 2 },
} as const;

export type RateName = keyof typeof rates;

/** How fast one connection may ask for things. */
export class Rates {
  readonly #buckets: Map<RateName, TokenBucket> = new Map();

  /** True when one more is allowed now. */
  allows(name: RateName): boolean {
    return this.#take(name) === 0;
  }

  /** Throws the refusal `too-fast` when one more is not allowed now. */
  check(name: RateName): void {
    const retryAfterMs = this.#take(name);
    if (retryAfterMs > 0) throw new Refusal("too-fast", retryAfterMs);
  }

  /** Takes one; how long to wait when there is none. 0: it was taken. */
  delayMs(name: RateName): number {
    return this.#take(name);
  }

  #take(name: RateName): number {
    const now = performance.now();
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new TokenBucket(rates[name].burst, rates[name].perSecond, now);
      this.#buckets.set(name, bucket);
    }
    return bucket.take(now);
  }
}
