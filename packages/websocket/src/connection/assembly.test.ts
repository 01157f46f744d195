import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Assembly } from "./assembly.ts";

describe("Assembly", () => {
  it("joins what was appended", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.constantFrom(0, 1, 7, 255, 300, 5_000, 70_000), fc.nat(255), fc.boolean()),
          { maxLength: 12 },
        ),
        (pieces) => {
          const assembly = new Assembly();
          const expected: Buffer[] = [];
          for (const [length, byte, alone] of pieces) {
            const chunk = alone ? Buffer.alloc(length, byte) : Buffer.alloc(length + 100_000, byte);
            const start = alone ? 0 : 50;
            assembly.append(chunk, start, start + length);
            expected.push(Buffer.alloc(length, byte));
          }
          expect(assembly.join().equals(Buffer.concat(expected))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps a large piece by reference, and copies what is a small part of its chunk", () => {
    const large = Buffer.allocUnsafeSlow(60_000).fill(1);
    const kept = new Assembly();
    kept.append(large, 0, 60_000);
    expect(kept.join().buffer).toBe(large.buffer);
    const copied = new Assembly();
    copied.append(large, 0, 20_000);
    expect(copied.join().buffer).not.toBe(large.buffer);
  });

  it("pins little more than the bytes of pieces that are one byte long", () => {
    const assembly = new Assembly();
    const before = process.memoryUsage();
    for (let piece = 0; piece < 1_000; piece++) {
      // Each comes in a read buffer of 64 KiB: 64 MiB in all, were they kept.
      assembly.append(Buffer.allocUnsafeSlow(65_536), 9, 10);
    }
    const parts = assembly["parts"];
    const pinned = new Set(parts.map((part) => part.buffer));
    const bytes = [...pinned].reduce((sum, memory) => sum + memory.byteLength, 0);
    expect(bytes).toBeLessThan(4_096);
    expect(parts.length).toBeLessThan(8);
    expect(assembly.bytes).toBe(1_000);
    expect(before.rss).toBeGreaterThan(0);
  });

  it("costs nothing for empty pieces", () => {
    const assembly = new Assembly();
    for (let piece = 0; piece < 100_000; piece++) assembly.append(Buffer.alloc(0), 0, 0);
    expect(assembly["parts"]).toEqual([]);
    expect(assembly.join()).toEqual(Buffer.alloc(0));
  });
});
