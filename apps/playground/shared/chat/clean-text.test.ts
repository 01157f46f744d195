import { describe, expect, it } from "vitest";
import { cleanName, cleanText } from "./clean-text.ts";

describe("cleanName", () => {
  it.each([
    ["Ana", "Ana"],
    ["  Ana \t Duarte ", "Ana Duarte"],
    ["Jose\u0301", "José"],
    ["👩‍🚀 Kai", "👩‍🚀 Kai"],
    ["می‌خواهم", "می‌خواهم"],
    ["A\nB", "A B"],
    ["\u202eevil", "evil"],
    ["\ud800x", "\ufffdx"],
  ])("makes %j %j", (raw, clean) => {
    expect(cleanName(raw)).toBe(clean);
  });

  it.each([
    [""],
    ["   "],
    ["\u200b\u2060"],
    ["x".repeat(33)],
    [undefined],
    [7],
    [["Ana"]],
    ["x".repeat(100_000)],
  ])("refuses %j", (raw) => {
    expect(cleanName(raw)).toBeUndefined();
  });

  it("counts characters, not code units", () => {
    expect(cleanName("🦀".repeat(32))).toBe("🦀".repeat(32));
    expect(cleanName("🦀".repeat(33))).toBeUndefined();
  });
});

describe("cleanText", () => {
  it("keeps line breaks and indentation, without blank ends", () => {
    expect(cleanText("\n \n  a\r\n\tb\rc \n\n")).toBe("  a\n\tb\nc");
  });

  it("drops control characters and mends broken surrogates", () => {
    expect(cleanText("a\0b\u001bc\ud83d")).toBe("abc\ufffd");
  });

  it("is empty when nothing can be seen", () => {
    expect(cleanText(" \u200b\n\u2060 ")).toBe("");
  });
});
