import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.ts";

describe("delays between attempts", () => {
  it("double up to ten seconds, and begin again", () => {
    const backoff = new Backoff(() => 1);
    const delays = Array.from({ length: 7 }, () => backoff.next());
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    backoff.reset();
    expect([backoff.attempts, backoff.next()]).toEqual([0, 500]);
  });

  it("leave half of it to chance", () => {
    expect(new Backoff(() => 0).next()).toBe(250);
  });
});
