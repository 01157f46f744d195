import { describe, expect, it } from "vitest";
import { buildFrame } from "../testing/frames.ts";
import { headerBytes, writeHeader } from "./header.ts";

describe("frame header (RFC 6455, section 5.2)", () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 0xffff_ffff, 2 ** 40 + 5, Number.MAX_SAFE_INTEGER])(
    "writes the length %d in its shortest form",
    (length) => {
      const target = Buffer.alloc(20);
      const end = writeHeader(target, 3, 0x82, 0, length);
      const expected = buildFrame({ opcode: 2, length: BigInt(length) });
      expect(target.subarray(3, end)).toEqual(expected);
      expect(end - 3).toBe(headerBytes(length));
    },
  );

  it("sets the mask bit beside the length", () => {
    for (const length of [5, 300, 70_000]) {
      const target = Buffer.alloc(20);
      writeHeader(target, 0, 0x81, 0x80, length);
      expect((target[1] as number) & 0x80).toBe(0x80);
    }
  });
});
