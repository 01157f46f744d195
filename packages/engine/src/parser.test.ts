import * as original from "engine.io-parser";
import { describe, expect, it } from "vitest";
import { parser } from "./parser.ts";
import type { ParserPacket } from "./parser.ts";

const packets: ParserPacket[] = [
  { type: "open", data: '{"sid":"x"}' },
  { type: "ping" },
  { type: "message", data: "é€😀" },
  { type: "message", data: Buffer.of(1, 2, 255) },
  { type: "noop" },
];

describe("parser", () => {
  for (const supportsBinary of [true, false]) {
    it(`encodes and decodes as npm engine.io-parser, binary ${supportsBinary}`, () => {
      for (const packet of packets) {
        const encoded: unknown[] = [];
        original.encodePacket(packet, supportsBinary, (wire) => encoded.push(wire));
        parser.encodePacket(packet, supportsBinary, (wire) => encoded.push(wire));
        expect(encoded[1]).toEqual(encoded[0]);
        expect(parser.decodePacket(encoded[0])).toEqual(original.decodePacket(encoded[0] as never));
        expect(parser.decodePacket(encoded[0], "arraybuffer")).toEqual(
          original.decodePacket(encoded[0] as never, "arraybuffer"),
        );
      }
    });
  }

  it("encodes and decodes payloads", () => {
    const encoded: string[] = [];
    original.encodePayload(packets, (wire) => encoded.push(wire));
    parser.encodePayload(packets, (wire) => encoded.push(wire));
    expect(encoded[1]).toBe(encoded[0]);
    expect(parser.decodePayload(encoded[0]!)).toEqual(original.decodePayload(encoded[0]!));
  });

  it("takes every form of bytes", () => {
    for (const data of [Uint8Array.of(7).buffer, new DataView(Uint8Array.of(7).buffer)]) {
      parser.encodePacket({ type: "message", data }, false, (wire) => expect(wire).toBe("bBw=="));
    }
  });

  it("reads what is no packet as an error", () => {
    expect(parser.decodePacket("x")).toEqual(original.decodePacket("x"));
    expect(parser.decodePacket("")).toEqual({ type: "error", data: "parser error" });
    expect(parser.decodePayload("4a\x1ex")).toEqual([{ type: "error", data: "parser error" }]);
  });
});
