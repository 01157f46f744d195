import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutAt } from "../testing/frames.ts";
import { decodeText, isWholeUtf8, Utf8Checker } from "./utf8.ts";

/** Bytes that are close to UTF-8: valid text, some of it spoiled. */
const nearlyUtf8 = fc
  .tuple(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
  )
  .map(([text, spoils]) => {
    const bytes = Buffer.from(text);
    for (const [place, byte] of spoils) if (bytes.length > 0) bytes[place % bytes.length] = byte;
    return bytes;
  });

/** Whether some text could go on from here: the bytes are valid but for a character that is cut at their end. */
function canGoOn(bytes: Buffer): boolean {
  const tails = [[], [0x80], [0xbf], [0x90], [0xa0], [0x9f], [0x8f]];
  const rests = [[], [0x80], [0x80, 0x80]];
  return tails.some((tail) =>
    rests.some((rest) => isUtf8(Buffer.from([...bytes, ...tail, ...rest]))),
  );
}

describe("UTF-8 (RFC 3629)", () => {
  it("agrees with Node about whole texts, however they are cut", () => {
    fc.assert(
      fc.property(nearlyUtf8, fc.array(fc.nat(200)), (bytes, places) => {
        const checker = new Utf8Checker();
        const valid =
          cutAt(bytes, places).every((piece) => checker.push(piece, 0, piece.length)) &&
          checker.complete;
        expect(valid).toBe(isUtf8(bytes));
      }),
    );
  });

  it("fails with the first byte after which no text can go on", () => {
    fc.assert(
      fc.property(nearlyUtf8, (bytes) => {
        const checker = new Utf8Checker();
        let good = 0;
        while (good < bytes.length && checker.push(bytes, good, good + 1)) good++;
        expect(canGoOn(bytes.subarray(0, good))).toBe(true);
        if (good < bytes.length) expect(canGoOn(bytes.subarray(0, good + 1))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("checks long pieces that are cut inside a character", () => {
    const bytes = Buffer.from("añ€😀".repeat(60));
    for (let cut = bytes.length - 8; cut <= bytes.length; cut++) {
      const checker = new Utf8Checker();
      expect(checker.push(bytes, 0, cut)).toBe(true);
      expect(checker.push(bytes, cut, bytes.length)).toBe(true);
      expect(checker.complete).toBe(true);
    }
  });

  it.each([
    ["a surrogate", [0xed, 0xa0]],
    ["an overlong form of two bytes", [0xc0]],
    ["an overlong form of three bytes", [0xe0, 0x80]],
    ["an overlong form of four bytes", [0xf0, 0x8f]],
    ["beyond U+10FFFF", [0xf4, 0x90]],
    ["a lead byte that does not exist", [0xf5]],
    ["a lone continuation byte", [0x80]],
  ])("finds %s at the end of a long piece", (_, wrong) => {
    const piece = Buffer.concat([Buffer.from("x€".repeat(60)), Buffer.from(wrong)]);
    expect(new Utf8Checker().push(piece, 0, piece.length)).toBe(false);
  });

  it("decodes ASCII and other texts alike", () => {
    const bytes = Buffer.from("..plain..grüße €..");
    expect(decodeText(bytes, 2, 7, true)).toBe("plain");
    expect(decodeText(bytes, 9, bytes.length - 2, false)).toBe("grüße €");
    expect(isWholeUtf8(bytes, 0, bytes.length)).toBe(true);
    expect(isWholeUtf8(bytes, 0, 12)).toBe(false);
  });
});
