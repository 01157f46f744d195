import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { json } from "../testing/arbitraries.ts";
import { isDeeperThan } from "./json-depth.ts";

const nested = (depth: number, inside: string = ""): string =>
  "[".repeat(depth) + inside + "]".repeat(depth);

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("isDeeperThan", () => {
  it("is exact at the limit", () => {
    expect(isDeeperThan(nested(1_000), 0, 1_000)).toBe(false);
    expect(isDeeperThan(nested(1_000, "1"), 0, 1_000)).toBe(false);
    expect(isDeeperThan(nested(1_001), 0, 1_000)).toBe(true);
    const objects = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
    expect(isDeeperThan(objects(1_000), 0, 1_000)).toBe(false);
    expect(isDeeperThan(objects(1_001), 0, 1_000)).toBe(true);
  });

  it("counts from the start it is given", () => {
    expect(isDeeperThan(`42${nested(3)}`, 2, 3)).toBe(false);
    expect(isDeeperThan(`[[[[${nested(3)}`, 4, 3)).toBe(false);
    expect(isDeeperThan(`[[[[${nested(4)}`, 4, 3)).toBe(true);
  });

  it("has no limit at Infinity", () => {
    expect(isDeeperThan(nested(5_000), 0, Infinity)).toBe(false);
  });

  it("counts breadth as no depth", () => {
    expect(isDeeperThan(`[${"[],".repeat(5_000)}{}]`, 0, 2)).toBe(false);
    expect(isDeeperThan(`[${"[],".repeat(5_000)}[{}]]`, 0, 2)).toBe(true);
  });

  it.each([
    ['"[[[["', 0],
    ['["[[[[[[[["]', 1],
    [String.raw`["\"[[[[[[[["]`, 1],
    [String.raw`["\\",[[["\\\"[[[["]]]]`, 4],
    [String.raw`["\\\\",["\\\\\"["]]`, 2],
    ['{"[[[":{"}}}":1}}', 2],
  ])("leaves brackets inside strings alone: %s", (text, depth) => {
    expect(depthOf(JSON.parse(text))).toBe(depth);
    expect(isDeeperThan(text, 0, depth)).toBe(false);
    expect(depth > 0 && isDeeperThan(text, 0, depth - 1)).toBe(depth > 0);
  });

  it("agrees with the parsed value on any JSON", () => {
    const tricky = fc.constantFrom("[", "]", "{", "}", '"', "\\", '\\"', "a");
    const text = fc.array(tricky, { maxLength: 6 }).map((units) => units.join(""));
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: "large", withCrossShrink: true },
        text,
        json,
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(text, tie("node"), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(value, fc.nat({ max: 8 }), (node, max) => {
        const source = JSON.stringify(node);
        expect(isDeeperThan(source, 0, max)).toBe(depthOf(JSON.parse(source)) > max);
      }),
      { numRuns: 1_000 },
    );
  });
});
