import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protocolError, thrownBy } from "../../../testing/expect-error.ts";
import { argument, reply, request, seen, shownBy } from "../../../testing/plain.ts";
import type { PlainEvent, PlainMessage } from "../message.ts";
import { decodePlainMsgpack, encodePlainMsgpack } from "./codec.ts";
import { MsgpackReader } from "./reader.ts";
import { MsgpackWriter } from "./writer.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const write = (value: unknown): string => hex(new MsgpackWriter().write(value));
const read = (text: string): unknown => new MsgpackReader(Buffer.from(text, "hex"), 100).read();
describe("MsgpackWriter", () => {
  it.each<[unknown, string]>([
    [null, "c0"],
    [undefined, "c0"],
    [NaN, "c0"],
    [-Infinity, "c0"],
    [false, "c2"],
    [true, "c3"],
    [0, "00"],
    [-0, "00"],
    [127, "7f"],
    [128, "cc80"],
    [255, "ccff"],
    [256, "cd0100"],
    [65_535, "cdffff"],
    [65_536, "ce00010000"],
    [0xffffffff, "ceffffffff"],
    [2 ** 32, "cf0000000100000000"],
    [Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
    [2 ** 53, "cb4340000000000000"],
    [-1, "ff"],
    [-32, "e0"],
    [-33, "d0df"],
    [-128, "d080"],
    [-129, "d1ff7f"],
    [-32_768, "d18000"],
    [-32_769, "d2ffff7fff"],
    [-(2 ** 31), "d280000000"],
    [-(2 ** 31) - 1, "d3ffffffff7fffffff"],
    [Number.MIN_SAFE_INTEGER, "d3ffe0000000000001"],
    [1.5, "cb3ff8000000000000"],
    ["", "a0"],
    ["é€😀", "a9c3a9e282acf09f9880"],
    ["\ud800", "a3efbfbd"],
    [[1, undefined, () => 1], "9301c0c0"],
    [{ a: 1, b: undefined, c: Symbol("x") }, "81a16101"],
    [Uint8Array.of(1, 2), "c4020102"],
    [Uint8Array.of(1, 2).buffer, "c4020102"],
    [new Date(0), `b8${Buffer.from("1970-01-01T00:00:00.000Z").toString("hex")}`],
    [{ toJSON: (key: string) => [key] }, "91a0"],
    [[{ toJSON: (key: string) => key }], "91a130"],
    [[Object(1), Object("a"), Object(true)], "9301a161c3"],
    [new Map([[1, 2]]), "80"],
    [JSON.parse('{"__proto__":1}'), "81a95f5f70726f746f5f5f01"],
  ])("%j", (value, expected) => {
    expect(write(value)).toBe(expected);
  });

  it("writes the heads of long values", () => {
    expect(write("a".repeat(32)).slice(0, 4)).toBe("d920");
    expect(write("a".repeat(256)).slice(0, 6)).toBe("da0100");
    expect(write("€".repeat(100)).slice(0, 6)).toBe("da012c");
    expect(write("a".repeat(65_536)).slice(0, 10)).toBe("db00010000");
    expect(write(new Uint8Array(256)).slice(0, 6)).toBe("c50100");
    expect(write(new Uint8Array(65_536)).slice(0, 10)).toBe("c600010000");
    expect(write(Array.from({ length: 16 }, () => 0)).slice(0, 6)).toBe("dc0010");
    expect(write(Array.from({ length: 65_536 }, () => 0)).slice(0, 10)).toBe("dd00010000");
    const wide = (length: number, gone: boolean): object => {
      const entries = Array.from({ length }, (_, i): [string, unknown] => [`${i}`, 0]);
      return Object.fromEntries(gone ? [...entries, ["gone", undefined]] : entries);
    };
    expect(write(wide(16, false)).slice(0, 6)).toBe("de0010");
    expect(write(wide(15, true)).slice(0, 6)).toBe("de000f");
    expect(write(wide(65_536, true)).slice(0, 10)).toBe("df00010000");
  });

  it("throws as JSON does", () => {
    const circle: { self?: unknown } = {};
    circle.self = [circle];
    expect(() => write(circle)).toThrow(TypeError);
    expect(() => write([1n])).toThrow(TypeError);
    expect(() => write([new Blob(["x"])])).toThrow(protocolError("BLOB_REFUSED"));
    const writer = new MsgpackWriter();
    thrownBy(() => writer.write(circle));
    expect(hex(writer.write([1]))).toBe("9101");
  });
});

describe("MsgpackReader", () => {
  it.each<[string, unknown]>([
    ["c0", null],
    ["e0", -32],
    ["cc80", 128],
    ["d1ff7f", -129],
    ["d3ffffffff7fffffff", -(2 ** 31) - 1],
    ["cf001fffffffffffff", Number.MAX_SAFE_INTEGER],
    ["ca3fc00000", 1.5],
    ["cb7ff8000000000000", null],
    ["ca7f800000", null],
    ["d903efbbbf", "\ufeff"],
    ["da000161", "a"],
    ["dc0001c3", [true]],
    ["de0001a16101", { a: 1 }],
    ["82a16101a16102", { a: 2 }],
    ["c50001ff", Buffer.from([255])],
  ])("%s", (bytes, expected) => {
    expect(read(bytes)).toEqual(expected);
  });

  it("keeps __proto__ a key like any other", () => {
    const value = read("81a95f5f70726f746f5f5f81a17801") as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(["__proto__"]);
  });

  it.each([
    ["", 0],
    ["c1", 0],
    ["91c1", 1],
    ["c7010000", 0],
    ["d6ff00000000", 0],
    ["9201d4", 2],
    ["92d40000", 1],
    ["cd01", 2],
    ["a261", 2],
    ["91a2c328", 1],
    ["91a1ff", 1],
    ["91a3eda080", 1],
    ["91a2c080", 1],
    ["91a4f4908080", 1],
    ["ddffffffff", 5],
    ["dfffffffff00", 6],
    ["8101", 2],
    ["810101", 1],
    ["81c001", 1],
    ["81a161", 3],
    ["cf0020000000000000", 0],
    ["91cfffffffffffffffff", 1],
    ["d3ffe0000000000000", 0],
    ["0000", 1],
    ["c6ffffffff", 5],
  ])("refuses %s", (bytes, at) => {
    expect(thrownBy(() => read(bytes))).toMatchObject({ code: "MSGPACK_INVALID", at });
  });

  it("bounds the depth", () => {
    expect(read(`${"91".repeat(99)}90`)).toBeDefined();
    expect(thrownBy(() => read("91".repeat(101)))).toMatchObject({ code: "TOO_DEEP", at: 100 });
  });
});

describe("the codec", () => {
  it.each([
    ["client", request],
    ["server", reply],
  ] as const)("round trip of what a %s says", (from, messages) => {
    fc.assert(
      fc.property(messages as fc.Arbitrary<PlainMessage>, (message) => {
        const bytes = encodePlainMsgpack(message);
        const result = decodePlainMsgpack<"client" | "server">(bytes, from);
        expect(hex(encodePlainMsgpack(result))).toEqual(hex(bytes));
        const data = (seen(result) as { data?: unknown }).data;
        if (Array.isArray(data) && !hasLoneSurrogate(message)) {
          expect(seen(result)).toEqual(seen(message));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("says of values what JSON says", () => {
    fc.assert(
      fc.property(argument, (value) => {
        const read = new MsgpackReader(new MsgpackWriter().write([value]), 100).read();
        if (hasLoneSurrogate(value)) return;
        expect(shownBy(read)).toEqual(shownBy([value]));
      }),
      { numRuns: 500 },
    );
  });

  it("can be used while it is used", () => {
    const inner = { toJSON: () => hex(encodePlainMsgpack({ type: "ping", value: 1 })) };
    const bytes = encodePlainMsgpack({ type: "event", event: "a", data: [inner] });
    expect(decodePlainMsgpack(bytes)).toMatchObject({ data: ["81a470696e6701"] });
  });

  it("has no words for frames", () => {
    const refused = (value: unknown): unknown =>
      thrownBy(() => decodePlainMsgpack(new MsgpackWriter().write(value)));
    expect(refused({ event: "a", binary: 1 })).toMatchObject({
      code: "FIELD_UNKNOWN",
      at: "/binary",
    });
    expect(refused({ connect: { binary: "base64" } })).toMatchObject({ at: "/connect/binary" });
    expect(refused(Buffer.from("a"))).toMatchObject({ code: "MESSAGE_SHAPE", at: "" });
    expect(refused({ connect: Buffer.from("a") })).toMatchObject({ at: "/connect" });
  });

  it("gives binary of the class that it was given", () => {
    const bytes = encodePlainMsgpack({ type: "event", event: "a", data: [Uint8Array.of(7)] });
    const { data } = decodePlainMsgpack(Buffer.from(bytes)) as PlainEvent;
    expect(Buffer.isBuffer(data[0])).toBe(true);
  });
});

/** Which UTF-8 cannot say; JSON writes them as escapes. */
function hasLoneSurrogate(value: unknown): boolean {
  return /\\ud[89a-f]/i.test(JSON.stringify(shownBy(value)));
}
