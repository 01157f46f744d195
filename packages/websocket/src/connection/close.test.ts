import { describe, expect, it } from "vitest";
import { closePayload, isCloseCode, parseClose } from "./close.ts";
import { closeBytes } from "../testing/frames.ts";

describe("close codes (RFC 6455, section 7.4)", () => {
  it.each([
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
  ])("%d may be sent", (code) => expect(isCloseCode(code)).toBe(true));

  it.each([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
    "%d may not",
    (code) => {
      expect(isCloseCode(code)).toBe(false);
      expect(parseClose(closeBytes(code))).toBe("WS_CLOSE_CODE");
      expect(() => closePayload(code)).toThrow(/may not be sent/);
    },
  );
});

describe("close payload (section 5.5.1)", () => {
  it("reads back what it builds", () => {
    expect(parseClose(closePayload())).toEqual({ code: 1005, reason: "" });
    expect(parseClose(closePayload(1000))).toEqual({ code: 1000, reason: "" });
    expect(parseClose(closePayload(4001, "grüße"))).toEqual({ code: 4001, reason: "grüße" });
    expect(parseClose(closePayload(4001, Buffer.from("x".repeat(123))))).toEqual({
      code: 4001,
      reason: "x".repeat(123),
    });
  });

  it("refuses one byte, and a reason that is not UTF-8", () => {
    expect(parseClose(Buffer.of(3))).toBe("WS_CLOSE_PAYLOAD");
    expect(parseClose(closeBytes(1000, Buffer.of(0xce, 0xba, 0xe1, 0xbd)))).toBe("WS_INVALID_UTF8");
  });

  it("throws at a developer's mistake", () => {
    expect(() => closePayload(undefined, "why")).toThrow(/needs a code/);
    expect(() => closePayload(1000.5)).toThrow(/may not be sent/);
    expect(() => closePayload(1000, "é".repeat(62))).toThrow(/longer than 123 bytes/);
  });
});
