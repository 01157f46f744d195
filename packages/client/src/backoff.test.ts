import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.ts";

describe("Backoff", () => {
  it("doubles from the first delay up to the longest", () => {
    const backoff = new Backoff({ min: 100, max: 1000, jitter: 0 });
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(backoff.attempts).toBe(6);
  });

  it("starts again after a reset", () => {
    const backoff = new Backoff({ min: 100, max: 1000, jitter: 0 });
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.attempts).toBe(0);
    expect(backoff.next()).toBe(100);
  });

  it("spreads delays by the jitter on both sides", () => {
    const low = new Backoff({ min: 1000, max: 5000, jitter: 0.5 }, () => 0);
    const high = new Backoff({ min: 1000, max: 5000, jitter: 0.5 }, () => 1);
    expect([low.next(), low.next(), low.next(), low.next()]).toEqual([500, 1000, 2000, 2500]);
    expect([high.next(), high.next(), high.next()]).toEqual([1500, 3000, 5000]);
  });

  it("stays a whole number within its bounds, however long it goes on", () => {
    const settings = fc.record({
      min: fc.integer({ min: 0, max: 10_000 }),
      max: fc.integer({ min: 1, max: 100_000 }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 2000 }), (options, attempts) => {
        const backoff = new Backoff(options);
        let delay = 0;
        for (let i = 0; i < attempts; i++) delay = backoff.next();
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(options.max);
      }),
      { numRuns: 50 },
    );
  });
});
