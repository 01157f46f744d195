import fc from "fast-check";
import { expect, it } from "vitest";
import { SortedKeys } from "./sorted-keys.ts";

it("finds what a sorted list finds", () => {
  const key = fc.string({ maxLength: 3, unit: fc.constantFrom("a", "b", "c", "\0", "\uffff") });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 2_000, size: "max" }), key, (keys, prefix) => {
      const sorted = new SortedKeys();
      const model = new Set<string>();
      for (const one of keys) {
        if (model.has(one)) sorted.delete(one);
        else sorted.add(one);
        if (!model.delete(one)) model.add(one);
      }
      const expected = [...model].filter((it) => it.startsWith(prefix)).toSorted();
      expect(sorted.startingWith(prefix)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

it("splits and empties its blocks", () => {
  const sorted = new SortedKeys();
  const keys = Array.from({ length: 5_000 }, (_, at) => `k${(at * 7_919) % 5_000}`);
  for (const key of keys) sorted.add(key);
  expect(sorted.startingWith("k")).toEqual(keys.toSorted());
  for (const key of keys.slice(0, 4_990)) sorted.delete(key);
  expect(sorted.startingWith("")).toEqual(keys.slice(4_990).toSorted());
});
