import { describe, expect, it } from "vitest";
import { mangled } from "../build/small.ts";

/** The members of everything that is global here: most of it is in browsers, too. */
function platformNames(): Set<string> {
  const { process: _, ...globals } = Object.getOwnPropertyDescriptors(globalThis);
  const owners = Object.values(globals).flatMap(({ value }) => [
    value as unknown,
    (value as { prototype?: unknown } | undefined)?.prototype,
  ]);
  const names = owners
    .filter((it) => it !== null && (typeof it === "object" || typeof it === "function"))
    .flatMap((it) => Object.getOwnPropertyNames(it));
  return new Set(names);
}

describe("the names that the build shortens", () => {
  it("are no member of what the platform gives", () => {
    const names = platformNames();
    expect(names).toContain("closed");
    expect([...names].filter((name) => mangled.test(name))).toEqual([]);
  });
});
