import { describe, expect, it } from "vitest";
import { hueOf, hues, initialsOf } from "./avatar-look.ts";

describe("initialsOf", () => {
  it.each([
    ["Ana", "A"],
    ["ana duarte", "AD"],
    ["Ana Maria de Sousa", "AS"],
    ["ben_k", "BK"],
    ["🦀 Ferris", "🦀"],
    ["李明", "李"],
    ["???", "?"],
    ["(Zoë)", "Z"],
  ])("of %s are %s", (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe("hueOf", () => {
  it("is the same for the same person, and uses all colours", () => {
    expect(hueOf("abc")).toBe(hueOf("abc"));
    const seen = new Set(Array.from({ length: 500 }, (_, i) => hueOf(`id-${i}`)));
    expect(seen.size).toBe(hues);
  });
});
