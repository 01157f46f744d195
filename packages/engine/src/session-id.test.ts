import { describe, expect, it } from "vitest";
import { makeSessionId } from "./session-id.ts";

describe("makeSessionId", () => {
  it("makes 20 characters that a URL and a cookie take as they are", () => {
    for (let index = 0; index < 1_000; index++) {
      expect(makeSessionId()).toMatch(/^[A-Za-z0-9_-]{20}$/);
    }
  });

  it("CVE-2017-16031: draws every id from the system's randomness", () => {
    const ids = Array.from({ length: 20_000 }, makeSessionId);
    expect(new Set(ids).size).toBe(ids.length);
    // No character of an id is fixed or counts up: each position takes nearly all 64 values.
    for (let position = 0; position < 20; position++) {
      const seen = new Map<string, number>();
      for (const id of ids) {
        const character = id[position] as string;
        seen.set(character, (seen.get(character) ?? 0) + 1);
      }
      expect(seen.size).toBe(64);
      for (const count of seen.values()) expect(count).toBeLessThan((ids.length / 64) * 1.5);
    }
  });
});
