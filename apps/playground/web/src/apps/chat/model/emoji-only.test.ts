import { describe, expect, it } from "vitest";
import { isEmojiOnly } from "./emoji-only.ts";

describe("isEmojiOnly", () => {
  it.each([["🎉"], ["🎉🎉🎉"], ["👩‍🚀 👍🏽"], ["❤️"], ["🇵🇹"], ["🏴󠁧󠁢󠁥󠁮󠁧󠁿"]])("says yes to %s", (text) => {
    expect(isEmojiOnly(text)).toBe(true);
  });

  it.each([[""], ["ok"], ["🎉 ok"], ["🎉🎉🎉🎉"], ["12"], ["#"], [`${"🎉 ".repeat(100)}x`]])(
    "says no to %s",
    (text) => {
      expect(isEmojiOnly(text)).toBe(false);
    },
  );
});
