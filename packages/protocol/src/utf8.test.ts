import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8Length } from "./utf8.ts";

describe("utf8Length", () => {
  it.each([
    ["", 0],
    ["a", 1],
    ["\u007f\u0080", 3],
    ["\u07ff\u0800", 5],
    ["€", 3],
    ["\uffff", 3],
    ["😀", 4],
    ["\ud83d", 3],
    ["\ude00", 3],
    ["\ude00\ud83d", 6],
    ["\ud83d\ud83d\ude00", 7],
  ])("%o is %d", (text, length) => {
    expect(utf8Length(text)).toBe(length);
  });

  it("agrees with Node on any string, lone surrogates included", () => {
    const unit = fc.oneof(
      fc.constantFrom("a", "é", "€", "😀", "\ud83d", "\ude00"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = units.join("");
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });
});
