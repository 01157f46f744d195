import { describe, expect, it } from "vitest";
import { RateLimiter } from "./rate.ts";

/** Takes one if it may, and says whether it might. */
function attempt(limiter: RateLimiter, name: string, now: number): boolean {
  if (limiter.waitMs(name, now) > 0) return false;
  limiter.take(name, now);
  return true;
}

describe("RateLimiter", () => {
  it("lets a burst through, then one each period", () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 3 }, 10);
    const admitted: number[] = [];
    for (let now = 0; now < 1_000; now++) if (attempt(limiter, "a", now)) admitted.push(now);
    expect(admitted.slice(0, 5)).toEqual([0, 1, 2, 100, 200]);
    expect(admitted).toHaveLength(3 + 9);
  });

  it("has a whole burst again after a rest", () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 3 }, 10);
    for (let count = 0; count < 3; count++) expect(attempt(limiter, "a", 0)).toBe(true);
    expect(attempt(limiter, "a", 0)).toBe(false);
    for (let count = 0; count < 3; count++) expect(attempt(limiter, "a", 300)).toBe(true);
    expect(attempt(limiter, "a", 300)).toBe(false);
  });

  it("says how long to wait, and holds to it", () => {
    const limiter = new RateLimiter({ perSecond: 0.1, burst: 1 }, 10);
    expect(attempt(limiter, "a", 5_000)).toBe(true);
    expect(limiter.waitMs("a", 6_000)).toBe(9_000);
    expect(attempt(limiter, "a", 14_999)).toBe(false);
    expect(attempt(limiter, "a", 15_000)).toBe(true);
  });

  it("keeps names apart", () => {
    const limiter = new RateLimiter({ perSecond: 1 }, 10);
    expect(attempt(limiter, "a", 0)).toBe(true);
    expect(attempt(limiter, "a", 0)).toBe(false);
    expect(attempt(limiter, "b", 0)).toBe(true);
  });

  it("takes as burst what may come in a second, at least one", () => {
    const limiter = new RateLimiter({ perSecond: 5 }, 10);
    let count = 0;
    while (attempt(limiter, "a", 0)) count++;
    expect(count).toBe(5);
    expect(attempt(new RateLimiter({ perSecond: 0.5 }, 10), "a", 0)).toBe(true);
  });

  it("remembers no more names than it may, and forgets first who has been away longest", () => {
    const limiter = new RateLimiter({ perSecond: 0.001, burst: 1 }, 100);
    attempt(limiter, "first", 0);
    for (let count = 0; count < 99; count++) attempt(limiter, `${count}`, 0);
    expect(attempt(limiter, "first", 0)).toBe(false);
    expect(limiter.size).toBe(100);
    for (let count = 0; count < 10_000; count++) attempt(limiter, `flood ${count}`, 1);
    expect(limiter.size).toBe(100);
    expect(attempt(limiter, "first", 1)).toBe(true);
  });

  it("forgets whose bucket is full again before anyone else", () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 10 }, 3);
    for (let count = 0; count < 10; count++) attempt(limiter, "busy", 0);
    attempt(limiter, "a", 1);
    attempt(limiter, "b", 2);
    attempt(limiter, "c", 5_000);
    expect(limiter.size).toBe(2);
    expect(limiter.waitMs("busy", 5_000)).toBe(0);
    for (let count = 0; count < 5; count++) expect(attempt(limiter, "busy", 5_000)).toBe(true);
    expect(attempt(limiter, "busy", 5_000)).toBe(false);
  });
});
