import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildFrame, cutAt, masked, ownCopy } from "../testing/frames.ts";
import type { FrameSpec } from "../testing/frames.ts";
import { FrameReader } from "./reader.ts";
import type { FrameSink } from "./reader.ts";

class Sink implements FrameSink {
  readonly headers: [number, number][] = [];
  readonly frames: { first: number; payload: Buffer }[] = [];
  readonly violations: string[] = [];
  /** Frames and pieces after which to say stop. */
  stopAfter = Infinity;
  private pieces: Buffer[] = [];
  private told = 0;

  onHeader(first: number, length: number): boolean {
    this.headers.push([first, length]);
    return true;
  }

  onFrame(first: number, bytes: Buffer, start: number, end: number): boolean {
    this.frames.push({ first, payload: Buffer.from(bytes.subarray(start, end)) });
    return ++this.told < this.stopAfter;
  }

  onPiece(
    first: number,
    length: number,
    bytes: Buffer,
    start: number,
    end: number,
    _: number,
    last: boolean,
  ): boolean {
    expect(end).toBeGreaterThan(start);
    this.pieces.push(Buffer.from(bytes.subarray(start, end)));
    if (last) {
      this.frames.push({ first, payload: Buffer.concat(this.pieces) });
      expect(this.frames.at(-1)?.payload.length).toBe(length);
      this.pieces = [];
    }
    return ++this.told < this.stopAfter;
  }

  onViolation(code: string): void {
    this.violations.push(code);
  }
}

const frameSpecs: fc.Arbitrary<FrameSpec> = fc.record({
  opcode: fc.nat(15),
  fin: fc.boolean(),
  rsv: fc.nat(7),
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.uint8Array({ minLength: 120, maxLength: 140 }),
    fc.constantFrom(65_535, 65_536).map((length) => new Uint8Array(length).fill(length & 0xff)),
  ),
});

describe("FrameReader", () => {
  it.each([
    ["masked", true],
    ["unmasked", false],
  ] as const)("reads %s frames, however the bytes are cut", (_, isMasked) => {
    fc.assert(
      fc.property(
        fc.array(frameSpecs, { maxLength: 5 }),
        fc.array(fc.nat(300)),
        (specs, places) => {
          const sink = new Sink();
          const reader = new FrameReader(sink, isMasked);
          const bytes = Buffer.concat(specs.map(isMasked ? masked : buildFrame));
          for (const chunk of cutAt(bytes, places)) {
            reader.read(chunk);
            expect(reader.position).toBe(chunk.length);
          }
          expect(sink.violations).toEqual([]);
          expect(sink.frames.map((frame) => frame.payload)).toEqual(
            specs.map((spec) => Buffer.from(spec.payload ?? "")),
          );
          expect(sink.headers).toEqual(
            specs.map((spec) => [
              (spec.fin === true ? 0x80 : 0) | ((spec.rsv ?? 0) << 4) | spec.opcode,
              spec.payload?.length,
            ]),
          );
          expect(reader.atBoundary).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("tells of a header before any of the payload is there", () => {
    const sink = new Sink();
    const reader = new FrameReader(sink, true);
    reader.read(ownCopy(masked({ opcode: 2, length: 5_000_000_000n, lengthBits: 64 })));
    expect(sink.headers).toEqual([[0x82, 5_000_000_000]]);
    expect(reader.atBoundary).toBe(false);
  });

  it.each([
    [
      "a client's frame without a mask",
      true,
      buildFrame({ opcode: 1, payload: "x" }),
      "WS_MASK_MISSING",
    ],
    [
      "a server's frame with a mask",
      false,
      masked({ opcode: 1, payload: "x" }),
      "WS_MASK_FORBIDDEN",
    ],
    [
      "125 in 16 bits",
      true,
      masked({ opcode: 2, payload: Buffer.alloc(125), lengthBits: 16 }),
      "WS_LENGTH_NOT_MINIMAL",
    ],
    [
      "125 in 64 bits",
      true,
      masked({ opcode: 2, payload: Buffer.alloc(125), lengthBits: 64 }),
      "WS_LENGTH_NOT_MINIMAL",
    ],
    [
      "65535 in 64 bits",
      false,
      buildFrame({ opcode: 2, length: 65_535n, lengthBits: 64 }),
      "WS_LENGTH_NOT_MINIMAL",
    ],
    [
      "a negative length",
      true,
      masked({ opcode: 2, length: 1n << 63n, lengthBits: 64 }),
      "WS_LENGTH_NEGATIVE",
    ],
  ] as const)("refuses %s, cut or not", (_, isMasked, bytes, code) => {
    for (const chunks of [[ownCopy(bytes)], cutAt(bytes, [...bytes.keys()])]) {
      const sink = new Sink();
      const reader = new FrameReader(sink, isMasked);
      for (const chunk of chunks) if (sink.violations.length === 0) reader.read(chunk);
      expect(sink.violations).toEqual([code]);
      expect(sink.frames).toEqual([]);
    }
  });

  it("stops where it is told to, and says where", () => {
    const first = masked({ opcode: 1, payload: "first" });
    const sink = new Sink();
    sink.stopAfter = 1;
    const reader = new FrameReader(sink, true);
    reader.read(ownCopy(Buffer.concat([first, masked({ opcode: 1, payload: "second" })])));
    expect(sink.frames.length).toBe(1);
    expect(reader.position).toBe(first.length);
  });

  it("takes time in proportion to the bytes, one by one", () => {
    const time = (count: number): number => {
      const bytes = masked({ opcode: 2, payload: Buffer.alloc(count) });
      const chunks = Array.from(bytes, (byte) => Buffer.of(byte));
      const sink: FrameSink = {
        onHeader: () => true,
        onFrame: () => true,
        onPiece: () => true,
        onViolation() {},
      };
      const reader = new FrameReader(sink, true);
      const start = process.hrtime.bigint();
      for (const chunk of chunks) reader.read(chunk);
      return Number(process.hrtime.bigint() - start) / count;
    };
    time(20_000);
    const small = Math.min(time(20_000), time(20_000), time(20_000));
    const large = Math.min(time(400_000), time(400_000));
    expect(large).toBeLessThan(small * 8);
  });
});
