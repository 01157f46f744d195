import { describe, expect, it } from "vitest";
import { decodeMsgpack, encodeMsgpack } from "./msgpack.ts";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

describe("MessagePack", () => {
  it.each([
    [null],
    [true],
    [0],
    [127],
    [128],
    [4_294_967_295],
    [-1],
    [1.5],
    [1_795_399_641_986],
    [""],
    ["é".repeat(20)],
    ["x".repeat(70_000)],
    [Array.from({ length: 20 }, (_, i) => i)],
    [{ event: "say", data: ["lobby", "hi", { deep: [null, false] }], id: 7 }],
    [Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]))],
  ])("gives back %j", (value) => {
    expect(decodeMsgpack(encodeMsgpack(value))).toEqual(value);
  });

  // As other encoders write them.
  it.each([
    ["ccff", 255],
    ["cd0100", 256],
    ["ce00010000", 65_536],
    ["cf000001a2068de882", 1_795_406_293_122],
    ["d080", -128],
    ["d1ff7f", -129],
    ["d2ffff7fff", -32_769],
    ["d3ffffffff7fffffff", -2_147_483_649],
    ["e0", -32],
    ["ca3fc00000", 1.5],
    ["d90161", "a"],
    ["dc00010a", [10]],
    ["de0001a16101", { a: 1 }],
  ])("reads %s", (hex, value) => {
    expect(decodeMsgpack(bytesOf(hex))).toEqual(value);
  });

  it("reads binary", () => {
    expect(decodeMsgpack(bytesOf("c40201ff"))).toEqual(new Uint8Array([1, 255]));
  });

  it("leaves out what is undefined, and refuses what it cannot say or read", () => {
    expect(decodeMsgpack(encodeMsgpack({ a: undefined, b: 1 }))).toEqual({ b: 1 });
    expect(() => encodeMsgpack(() => {})).toThrow(TypeError);
    expect(() => decodeMsgpack(bytesOf("a561"))).toThrow(RangeError);
    expect(() => decodeMsgpack(bytesOf("c1"))).toThrow(TypeError);
  });
});
