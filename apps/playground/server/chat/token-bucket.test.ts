import { describe, expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

describe("TokenBucket", () => {
  it("allows a burst, then says how long to wait", () => {
    const bucket = new TokenBucket(2, 4, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 250]);
  });

  it("fills at its rate, no further than the burst", () => {
    const bucket = new TokenBucket(2, 4, 0);
    bucket.take(0);
    bucket.take(0);
    expect(bucket.take(125)).toBe(125);
    expect(bucket.take(250)).toBe(0);
    expect([bucket.take(60_000), bucket.take(60_000), bucket.take(60_000)]).toEqual([0, 0, 250]);
  });

  it("is not emptied by a clock that goes back", () => {
    const bucket = new TokenBucket(1, 1, 1000);
    expect(bucket.take(0)).toBe(0);
  });
});
