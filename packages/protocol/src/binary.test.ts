import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isBinary, isBlob, toAttachment } from "./binary.ts";

function fromOtherRealm(expression: string): unknown {
  return runInContext(expression, createContext());
}

const binaries: [string, unknown][] = [
  ["a Buffer", Buffer.from("x")],
  ["a Uint8Array", new Uint8Array(2)],
  ["a Float64Array", new Float64Array(2)],
  ["a DataView", new DataView(new ArrayBuffer(2))],
  ["an ArrayBuffer", new ArrayBuffer(2)],
  ["a Blob", new Blob(["x"])],
  ["a File", new File(["x"], "x.txt")],
  ["an ArrayBuffer of another realm", fromOtherRealm("new ArrayBuffer(2)")],
  ["a Uint8Array of another realm", fromOtherRealm("new Uint8Array(2)")],
];

const others: [string, unknown][] = [
  ["undefined", undefined],
  ["null", null],
  ["a string", "x"],
  ["a number", 1],
  ["a function", () => 1],
  ["a list", [1]],
  ["an object", { byteLength: 1 }],
  ["an object without a prototype", Object.create(null)],
  ["an object of another realm", fromOtherRealm("({})")],
  ["a Date", new Date()],
  ["a Map", new Map()],
  ["what a Buffer becomes in JSON", Buffer.from("x").toJSON()],
];

describe("isBinary", () => {
  it.each(binaries)("takes %s", (_, value) => {
    expect(isBinary(value)).toBe(true);
  });

  it.each(others)("refuses %s", (_, value) => {
    expect(isBinary(value)).toBe(false);
  });
});

describe("isBlob", () => {
  it("is for Blob and File only", () => {
    const blobs = [...binaries, ...others].filter(([, value]) => isBlob(value));
    expect(blobs.map(([name]) => name)).toEqual(["a Blob", "a File"]);
  });
});

describe("toAttachment", () => {
  it.each([Buffer.from("abc"), new Uint8Array(3), new Blob(["x"])])(
    "keeps %o as it is",
    (value) => {
      expect(toAttachment(value)).toBe(value);
    },
  );

  it("lays bytes over the memory of other views, at their place", () => {
    const memory = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer;
    const bytes = toAttachment(new DataView(memory, 2, 3)) as Uint8Array;
    expect(bytes).toEqual(Uint8Array.of(2, 3, 4));
    expect(bytes.buffer).toBe(memory);
    expect(toAttachment(new Uint16Array(memory, 2, 2))).toEqual(Uint8Array.of(2, 3, 4, 5));
  });

  it("lays bytes over an ArrayBuffer", () => {
    const memory = new ArrayBuffer(3);
    expect((toAttachment(memory) as Uint8Array).buffer).toBe(memory);
  });

  it("makes bytes of this realm from those of another", () => {
    const bytes = toAttachment(fromOtherRealm("Uint8Array.of(1, 2)") as Uint8Array);
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(bytes).toEqual(Uint8Array.of(1, 2));
    expect(toAttachment(fromOtherRealm("new ArrayBuffer(2)") as ArrayBuffer)).toEqual(
      new Uint8Array(2),
    );
  });
});
