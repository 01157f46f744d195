import { describe, expect, it } from "vitest";
import { wantsColours } from "./colours.ts";

describe("colours", () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { TERM: "dumb" }, false],
  ])("terminal %s with %o: %s", (isTTY, env, expected) => {
    expect(wantsColours({ isTTY }, env)).toBe(expected);
  });
});
