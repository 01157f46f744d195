import { describe, expect, it } from "vitest";
import { thrownBy } from "../testing/expect-error.ts";
import { extractAttachments } from "./attachments.ts";
import type { Attachment } from "./binary.ts";

const bytes = (text: string): Buffer => Buffer.from(text);
const placeholder = (num: number) => ({ _placeholder: true, num });

function extract(data: object): { json: unknown; found: Attachment[] } {
  const found: Attachment[] = [];
  const result = extractAttachments(data, found);
  return { json: JSON.parse(JSON.stringify(result)), found };
}

describe("extractAttachments", () => {
  it("returns what it was given when nothing is binary", () => {
    const data = ["a", { b: [1, { c: null }], d: new Date(0), e: undefined }];
    const found: Attachment[] = [];
    expect(extractAttachments(data, found)).toBe(data);
    expect(found).toEqual([]);
  });

  it("takes binary out depth first, in the order met", () => {
    const data = ["a", { x: { y: bytes("1") }, z: bytes("2") }, [bytes("3")], bytes("4")];
    expect(extract(data)).toEqual({
      json: [
        "a",
        { x: { y: placeholder(0) }, z: placeholder(1) },
        [placeholder(2)],
        placeholder(3),
      ],
      found: [bytes("1"), bytes("2"), bytes("3"), bytes("4")],
    });
  });

  it("takes the same value twice as often as it is met", () => {
    const one = bytes("1");
    expect(extract([one, one])).toEqual({
      json: [placeholder(0), placeholder(1)],
      found: [one, one],
    });
  });

  it("changes nothing it was given, and shares what holds no binary", () => {
    const plain = { deep: [1] };
    const data = Object.freeze(["a", Object.freeze({ plain, b: bytes("1") })]);
    const result = extractAttachments(data, []) as [string, { plain: unknown; b: unknown }];
    expect(result).not.toBe(data);
    expect(result[1].plain).toBe(plain);
    expect(data).toEqual(["a", { plain: { deep: [1] }, b: bytes("1") }]);
  });

  it("goes by own enumerable properties", () => {
    class Message {
      body = bytes("1");
      get inherited(): Buffer {
        return bytes("2");
      }
    }
    const message = Object.defineProperty(new Message(), "hidden", { value: bytes("3") });
    expect(extract([message])).toEqual({ json: [{ body: placeholder(0) }], found: [bytes("1")] });
  });

  it("ignores what is inherited, though it be enumerable", () => {
    const heir = Object.create({ inherited: bytes("x") }) as Record<string, unknown>;
    heir["own"] = 1;
    expect(extract([heir])).toEqual({ json: [{ own: 1 }], found: [] });
  });

  it("keeps the holes and odd values of lists as JSON has them", () => {
    // oxlint-disable-next-line no-sparse-arrays
    const data = [, undefined, () => 1, NaN, bytes("1")];
    expect(extract(data).json).toEqual([null, null, null, null, placeholder(0)]);
  });

  it("keeps an own __proto__ a plain key", () => {
    const data = JSON.parse('{"__proto__":{"x":1}}') as Record<string, unknown>;
    data["b"] = bytes("1");
    const result = extractAttachments([data], []) as [Record<string, unknown>];
    expect(Object.getPrototypeOf(result[0])).toBe(Object.prototype);
    expect(JSON.stringify(result)).toBe(
      '[{"__proto__":{"x":1},"b":{"_placeholder":true,"num":0}}]',
    );
  });

  it("replaces binary under an own __proto__ without touching a prototype", () => {
    const data = JSON.parse('{"__proto__":null}') as Record<string, unknown>;
    Object.defineProperty(data, "__proto__", { value: bytes("1"), enumerable: true });
    const result = extractAttachments([data], []) as [object];
    expect(Object.getPrototypeOf(result[0])).toBe(Object.prototype);
    expect(JSON.stringify(result)).toBe('[{"__proto__":{"_placeholder":true,"num":0}}]');
  });
});

describe("toJSON", () => {
  it("is honoured, with the key it stands under", () => {
    const keys: string[] = [];
    const shown = {
      toJSON(key: string) {
        keys.push(key);
        return { inside: bytes("1") };
      },
    };
    const expected = { inside: placeholder(0) };
    expect(extract([shown, { k: shown }]).json).toEqual([
      expected,
      { k: { inside: placeholder(1) } },
    ]);
    expect(keys).toEqual(["0", "k"]);
  });

  it("may return binary, a primitive, or itself", () => {
    const itself: Record<string, unknown> = { b: bytes("2"), toJSON: () => itself };
    const data = [{ toJSON: () => bytes("1") }, { toJSON: () => 7 }, itself];
    expect(extract(data)).toEqual({
      json: [placeholder(0), 7, { b: placeholder(1) }],
      found: [bytes("1"), bytes("2")],
    });
  });

  it("is not asked of what a toJSON returned", () => {
    const inner = { b: bytes("1"), toJSON: () => "wrong" };
    expect(extract([{ toJSON: () => inner }]).json).toEqual([{ b: placeholder(0) }]);
  });

  it("of a Buffer is not used", () => {
    const data = Object.assign(bytes("1"), { toJSON: () => "wrong" });
    expect(extract([data]).json).toEqual([placeholder(0)]);
  });

  it("of a list is honoured", () => {
    class Rows extends Array<unknown> {
      toJSON(): unknown {
        return { rows: this.length, first: this[0] };
      }
    }
    expect(extract([Rows.from([bytes("1"), 2])]).json).toEqual([
      { rows: 2, first: placeholder(0) },
    ]);
  });
});

describe("circular structures", () => {
  const loop = (build: (self: Record<string, unknown>) => void): object => {
    const self: Record<string, unknown> = {};
    build(self);
    return [self];
  };

  it.each([
    ["an object in itself", loop((self) => (self["self"] = self))],
    ["a list in itself", loop((self) => (self["list"] = [1, [self, self]]))],
    [
      "twice in itself, which must not double the work",
      loop((self) => Object.assign(self, { a: self, b: self })),
    ],
    ["with binary", loop((self) => Object.assign(self, { b: bytes("x"), self }))],
    ["by way of toJSON", loop((self) => (self["j"] = { toJSON: () => ({ self }) }))],
  ])("%s: a TypeError, as from JSON.stringify", (_, data) => {
    expect(() => JSON.stringify(data)).toThrow(TypeError);
    expect(thrownBy(() => extractAttachments(data, []))).toBeInstanceOf(TypeError);
  });

  it("the same object in two places is no circle, however deep", () => {
    const shared = { b: bytes("1") };
    let data: object = [shared, shared];
    for (let depth = 0; depth < 500; depth++) data = [data];
    const found: Attachment[] = [];
    extractAttachments(data, found);
    expect(found).toHaveLength(2);
  });

  it("a depth that JSON.stringify takes is no circle", () => {
    let data: object = [bytes("1")];
    for (let depth = 0; depth < 1_500; depth++) data = [data];
    const found: Attachment[] = [];
    expect(JSON.stringify(extractAttachments(data, found))).toContain("_placeholder");
    expect(found).toHaveLength(1);
  });
});
