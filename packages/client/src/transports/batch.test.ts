import * as fc from "fast-check";
import { encodePayload } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import type { Packet } from "./transport.ts";
import { batchSize } from "./batch.ts";

const message = (data: string | Uint8Array): Packet => ({ type: "message", data });

describe("batchSize", () => {
  it("takes everything that fits, to the byte", () => {
    // "4abc" + separator + "4de"
    const packets = [message("abc"), message("de")];
    expect(batchSize(packets, 8)).toBe(2);
    expect(batchSize(packets, 7)).toBe(1);
  });

  it("counts UTF-8 bytes, not characters", () => {
    const packets = [message("a"), message("€€")];
    expect(batchSize(packets, 9)).toBe(1);
    expect(batchSize(packets, 10)).toBe(2);
  });

  it("takes a single packet that is too large", () => {
    expect(batchSize([message("x".repeat(100)), message("y")], 10)).toBe(1);
  });

  it("stays within what python-engineio takes", () => {
    expect(
      batchSize(
        Array.from({ length: 40 }, () => message("a")),
        1e6,
      ),
    ).toBe(16);
  });

  it("agrees with the encoder", () => {
    const packet = fc.oneof(
      fc.string({ unit: "binary" }).map(message),
      fc.uint8Array().map(message),
      fc.constant<Packet>({ type: "pong" }),
    );
    fc.assert(
      fc.property(
        fc.array(packet, { minLength: 1 }),
        fc.integer({ min: 1, max: 60 }),
        (packets, max) => {
          const bytes = (count: number) =>
            new TextEncoder().encode(encodePayload(packets.slice(0, count) as never)).length;
          const size = batchSize(packets, max);
          expect(size === 1 || bytes(size) <= max).toBe(true);
          expect(size === packets.length || bytes(size + 1) > max).toBe(true);
        },
      ),
    );
  });
});
