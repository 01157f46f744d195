import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrames } from "../testing/frames.ts";
import { frame, frameBinary, frameText, writeBinary, writeText } from "./writer.ts";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  // Lengths where the header of the text and that of its bytes differ.
  fc
    .tuple(
      fc.constantFrom(40, 42, 63, 124, 125, 126, 127, 21_845, 21_846, 65_535, 65_536),
      fc.constantFrom("a", "é", "€"),
    )
    .map(([length, char]) => char.repeat(length)),
);

describe("frame writer", () => {
  it("writes texts that read back, on both sides, at any place", () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(0, 0x80), fc.nat(9), (text, maskBit, at) => {
        const room = at + 14 + text.length * 3;
        const words = new Int32Array(Math.ceil(room / 4));
        const aligned = Buffer.from(words.buffer);
        const end = writeText(aligned, words, at, 0x81, text, maskBit);
        expect(end).toBeLessThanOrEqual(room);
        const [read, ...others] = readFrames(aligned.subarray(at, end));
        expect(others).toEqual([]);
        expect(read).toMatchObject({ fin: true, rsv: 0, opcode: 1, masked: maskBit !== 0 });
        expect(read?.payload).toEqual(Buffer.from(text));
        // The frame of its own says the same.
        expect(readFrames(frame(0x81, text, maskBit))[0]?.payload).toEqual(Buffer.from(text));
      }),
    );
  });

  it("writes binary payloads that read back, and leaves the original alone", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(0, 0x80),
        fc.nat(9),
        (data, maskBit, at) => {
          const before = Buffer.from(data);
          const words = new Int32Array(128);
          const target = Buffer.from(words.buffer);
          const end = writeBinary(target, words, at, 0x02, data, maskBit);
          expect(readFrames(target.subarray(at, end))).toEqual([
            { fin: false, rsv: 0, opcode: 2, masked: maskBit !== 0, payload: before },
          ]);
          expect(readFrames(frame(0x02, data, maskBit))[0]?.payload).toEqual(before);
          expect(Buffer.from(data)).toEqual(before);
        },
      ),
    );
  });

  it("masks with another key each time", () => {
    const frames = Array.from({ length: 4 }, () =>
      frame(0x82, Buffer.alloc(8), 0x80).toString("hex"),
    );
    expect(new Set(frames).size).toBe(4);
  });

  it("frames messages for sharing", () => {
    expect(frameText("grüße").toString("hex")).toBe("8107" + Buffer.from("grüße").toString("hex"));
    expect(frameBinary(Uint8Array.of(1, 2)).toString("hex")).toBe("82020102");
  });
});
