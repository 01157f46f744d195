import { frameBinary, frameText } from "@hawser/websocket/internal";
import { describe, expect, it } from "vitest";
import { SharedFrame } from "./shared-frame.ts";

describe("SharedFrame", () => {
  for (const length of [0, 5, 125, 126, 65_535, 65_536]) {
    it(`knows its payload of ${length} bytes`, () => {
      const payload = Buffer.alloc(length, 7);
      const binary = new SharedFrame(frameBinary(payload));
      expect(Buffer.compare(binary.payload, payload)).toBe(0);
      expect(binary.first).toBe(0x82);
      expect(new SharedFrame(frameText("x".repeat(length))).first).toBe(0x81);
    });
  }

  it("keeps one list for those that compress it", () => {
    const frame = new SharedFrame(frameText("x"));
    frame.encodings.push({});
    expect(frame.encodings).toHaveLength(1);
  });
});
