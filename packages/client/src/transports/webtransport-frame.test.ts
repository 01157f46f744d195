import { createPacketDecoderStream, createPacketEncoderStream } from "engine.io-parser";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader, encodeFrame } from "./webtransport-frame.ts";

const messages = fc.array(
  fc.oneof(
    fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }),
    fc.uint8Array({ maxLength: 300 }),
  ),
  { minLength: 1, maxLength: 10 },
);

function bytes(frames: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(frames));
}

describe("frames", () => {
  it("come back however the stream was cut", () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat({ max: 40 })), (list, cuts) => {
        const stream = bytes(list.map(encodeFrame));
        const reader = new FrameReader();
        const got: (string | Uint8Array)[] = [];
        let at = 0;
        for (const size of [...cuts, stream.length]) {
          if (at < stream.length) got.push(...reader.read(stream.subarray(at, at + size + 1)));
          at += size + 1;
        }
        expect(got).toEqual(list.map((it) => (typeof it === "string" ? it : new Uint8Array(it))));
      }),
    );
  });

  it("have the lengths of the protocol", () => {
    const head = (length: number) => Array.from(encodeFrame(new Uint8Array(length)).subarray(0, 9));
    expect(head(125)[0]).toBe(0x80 | 125);
    expect(head(126).slice(0, 3)).toEqual([0x80 | 126, 0, 126]);
    expect(head(65_536)).toEqual([0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    expect(encodeFrame("é")[0]).toBe(2);
  });

  it("refuse a length that no memory holds", () => {
    const reader = new FrameReader();
    expect(() => reader.read(new Uint8Array(9).fill(255))).toThrow(RangeError);
  });

  it("are those of npm engine.io-parser, both ways", async () => {
    const text = "x".repeat(70_000);
    const packets = [
      { type: "message", data: "é" },
      { type: "message", data: Buffer.from([1, 2]) },
      { type: "message", data: text },
    ];
    const encoder = createPacketEncoderStream();
    const writer = encoder.writable.getWriter();
    const read = (async () => {
      const reader = new FrameReader();
      const got: (string | Uint8Array)[] = [];
      for await (const chunk of encoder.readable as unknown as AsyncIterable<Uint8Array>) {
        got.push(...reader.read(new Uint8Array(chunk)));
      }
      return got;
    })();
    for (const packet of packets) await writer.write(packet);
    await writer.close();
    const got = await read;
    expect(got).toEqual(["4é", new Uint8Array([1, 2]), `4${text}`]);

    const decoder = createPacketDecoderStream(1_000_000, "nodebuffer");
    const input = decoder.writable.getWriter();
    void input.write(bytes(got.map((it) => encodeFrame(it))));
    void input.close();
    const decoded: unknown[] = [];
    for await (const packet of decoder.readable as unknown as AsyncIterable<unknown>) {
      decoded.push(packet);
    }
    expect(decoded).toEqual(packets);
  });
});
