import { describe, expect, it } from "vitest";
import { snapshot } from "./snapshot.ts";

describe("the copy of an event", () => {
  it("is what JSON makes of it, with binary as it is", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const when = new Date(0);
    const { args } = snapshot([
      "order",
      { a: undefined, b: [undefined, Number.NaN, -1.5], when, deep: { bytes } },
      bytes.subarray(1).buffer,
      undefined,
      new Map([[1, 2]]),
      Object("boxed"),
    ]);
    bytes[0] = 9;
    expect(args).toEqual([
      "order",
      {
        b: [null, null, -1.5],
        when: "1970-01-01T00:00:00.000Z",
        deep: { bytes: new Uint8Array([1, 2, 3]) },
      },
      new Uint8Array([1, 2, 3]).buffer,
      null,
      {},
      "boxed",
    ]);
  });

  it("does not change with what it was made of", () => {
    const order = { items: [1] };
    const { args } = snapshot(["order", order]);
    order.items.push(2);
    expect(args[1]).toEqual({ items: [1] });
  });

  it("takes no prototype from what it copies", () => {
    const { args } = snapshot(["x", JSON.parse('{"__proto__":{"admin":true}}')]);
    expect((args[1] as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.keys(args[1] as object)).toEqual(["__proto__"]);
  });

  it("keeps a Blob where the store takes it", () => {
    const blob = new Blob(["x"]);
    expect(snapshot(["x", blob])).toEqual({ args: ["x", blob], bytes: 2 });
    expect(() => snapshot(["x", [blob]], false)).toThrow(/argument 1\[0] is a Blob/);
  });

  it("knows about how much it holds", () => {
    expect(snapshot(["ab", new Uint8Array(1000), { key: "value" }, 1]).bytes).toBe(1018);
  });

  const circle: unknown[] = [];
  circle.push(circle);
  it.each([
    ["a function", { list: [() => {}] }, /argument 1\.list\[0] is a function/],
    ["a symbol", Symbol("s"), /argument 1 is a symbol/],
    ["a bigint", 1n, /is a bigint/],
    ["a circle", circle, /in a circle/],
    ["a part of a page", { nodeType: 1, nodeName: "DIV" }, /part of the page/],
  ])("refuses %s", (_, value, message) => {
    expect(() => snapshot(["x", value])).toThrow(message);
    expect(() => snapshot(["x", value])).toThrow(
      expect.objectContaining({ code: "NOT_STORABLE", sent: "no" }),
    );
  });
});
