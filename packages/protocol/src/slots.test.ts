import { describe, expect, it } from "vitest";
import { protocolError } from "../testing/expect-error.ts";
import { fillSlots, findSlots } from "./slots.ts";

function fill(json: string, attachments: unknown[], depthMax: number = 100): unknown {
  const data = JSON.parse(json) as unknown[];
  fillSlots(findSlots(data, attachments.length, depthMax), attachments);
  return data;
}

describe("slots", () => {
  it("are filled wherever a placeholder stands, and with what was given", () => {
    const [a, b] = [Buffer.from("a"), new ArrayBuffer(1)];
    const json =
      '["e",{"_placeholder":true,"num":1},{"x":[{"y":{"_placeholder":true,"num":0,"more":1}}]}]';
    const data = fill(json, [a, b]) as [string, unknown, { x: [{ y: unknown }] }];
    expect(data[1]).toBe(b);
    expect(data[2].x[0].y).toBe(a);
  });

  it("may name one attachment twice, or not at all", () => {
    expect(fill('[{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]', [7, 8])).toEqual([
      7, 7,
    ]);
  });

  it.each([
    '{"_placeholder":1,"num":0}',
    '{"_placeholder":"true","num":0}',
    '{"_placeholder":false,"num":0}',
    '{"__proto__":{"_placeholder":true,"num":0}, "x": 1}',
  ])("%s is no placeholder itself", (json) => {
    expect(fill(`[${json}]`, [null])).not.toEqual([null]);
  });

  it.each([
    "-1",
    "2",
    "1.5",
    "1e9",
    '"0"',
    "null",
    "true",
    "[0]",
    '{"valueOf":0}',
    "1e400",
    "-1e400",
  ])("num %s is refused", (num) => {
    expect(() => fill(`[{"_placeholder":true,"num":${num}}]`, [1, 2])).toThrow(
      protocolError("ATTACHMENTS_ILLEGAL"),
    );
  });

  it.each(['{"_placeholder":true}', '{"_placeholder":true,"__proto__":{"num":0}}'])(
    "%s is refused: no num of its own",
    (json) => {
      expect(() => fill(`[${json}]`, [1])).toThrow(protocolError("ATTACHMENTS_ILLEGAL"));
    },
  );

  it("under the key __proto__ are filled as a plain property", () => {
    const data = fill('[{"__proto__":{"_placeholder":true,"num":0}}]', [{ evil: 1 }]) as [object];
    expect(Object.getPrototypeOf(data[0])).toBe(Object.prototype);
    expect(Object.hasOwn(data[0], "__proto__")).toBe(true);
    expect((data[0] as { evil?: unknown }).evil).toBeUndefined();
  });

  it("are looked for as deep as the limit says", () => {
    expect(findSlots([[[]]], 1, 3)).toEqual([]);
    expect(() => findSlots([[[]]], 1, 2)).toThrow(protocolError("JSON_TOO_DEEP"));
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => findSlots(circle, 1, 1_000)).toThrow(protocolError("JSON_TOO_DEEP"));
  });

  it("are not looked for inside bytes that a reviver made", () => {
    expect(findSlots([Buffer.alloc(10), new Float32Array(3)], 1, 1)).toEqual([]);
  });
});
