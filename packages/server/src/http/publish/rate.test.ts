import { describe, expect, it } from "vitest";
import { RateLimit } from "./rate.ts";

describe("RateLimit", () => {
  it("takes a burst, then refuses, and says when there is room again", () => {
    let now = 0;
    const rate = new RateLimit({ perSecond: 10, burst: 20 }, () => now);
    rate.take("a", 20);
    expect(() => rate.take("a", 1)).toThrow(
      expect.objectContaining({ code: "RATE", details: { retryAfterMs: 100 } }),
    );
    rate.take("b", 1);
    now = 100;
    rate.take("a", 1);
    expect(() => rate.take("a", 1)).toThrow("too many requests");
  });

  it("lets a batch through that is larger than ever fits, once all is there", () => {
    let now = 0;
    const rate = new RateLimit({ perSecond: 10 }, () => now);
    rate.take("a", 500);
    expect(() => rate.take("a", 500)).toThrow("too many requests");
    now = 2_000;
    rate.take("a", 500);
  });

  it("takes nothing for what it refuses", () => {
    let now = 0;
    const rate = new RateLimit({ perSecond: 1, burst: 2 }, () => now);
    rate.take("a", 2);
    now = 1_000;
    expect(() => rate.take("a", 2)).toThrow("too many requests");
    rate.take("a", 1);
  });
});
