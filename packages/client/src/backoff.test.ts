import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextDelay } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";

function backoff(min: number, max: number, jitter: number): Backoff {
  return {
    reconnectionDelay: min,
    reconnectionDelayMax: max,
    randomizationFactor: jitter,
    attempts: 0,
  };
}

describe("nextDelay", () => {
  it("doubles from the first delay up to the longest, and counts", () => {
    const growing = backoff(100, 1000, 0);
    expect([1, 2, 3, 4, 5, 6].map(() => nextDelay(growing))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
    expect(growing.attempts).toBe(6);
  });

  it("spreads delays by the jitter on both sides", () => {
    const low = backoff(1000, 5000, 0.5);
    const high = backoff(1000, 5000, 0.5);
    expect([1, 2, 3, 4].map(() => nextDelay(low, 0))).toEqual([500, 1000, 2000, 2500]);
    expect([1, 2, 3].map(() => nextDelay(high, 1))).toEqual([1500, 3000, 5000]);
  });

  it("stays within its bounds, however long it goes on", () => {
    const settings = fc.tuple(
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 2000 }), ([min, max, jitter], attempts) => {
        const growing = backoff(min, max, jitter);
        let delay = 0;
        for (let i = 0; i < attempts; i++) delay = nextDelay(growing);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(max);
      }),
      { numRuns: 50 },
    );
  });
});
