import { describe, expect, it } from "vitest";
import { parseBody } from "./body.ts";
import { defaultPublishLimits } from "./limits.ts";

const parse = (text: string | Buffer): unknown =>
  parseBody(Buffer.from(text), defaultPublishLimits);
const problem = (code: string, at?: number) =>
  expect.objectContaining({
    code,
    details: at === undefined ? {} : expect.objectContaining({ at }),
  });

describe("parseBody", () => {
  it("takes JSON", () => {
    expect(parse('{"a":["[[{{",1,"\\"[["]}')).toEqual({ a: ["[[{{", 1, '"[['] });
  });

  it("says where it stops being JSON", () => {
    expect(() => parse('{"a":1,}')).toThrow(problem("JSON_INVALID", 7));
    expect(() => parse('{"a":')).toThrow(problem("JSON_INVALID", 5));
  });

  it("refuses what is not UTF-8", () => {
    expect(() => parse(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
  });

  it("takes depth up to the bound, and says where it is passed", () => {
    expect(() => parse("[".repeat(100) + "]".repeat(100))).not.toThrow();
    expect(() => parse("[".repeat(101) + "]".repeat(101))).toThrow(problem("TOO_DEEP", 100));
    expect(() => parse('{"a":'.repeat(200_000))).toThrow(problem("TOO_DEEP", 500));
    expect(() => parse("[],".repeat(500))).toThrow(problem("JSON_INVALID", 2));
  });

  it("keeps __proto__ a name like any other", () => {
    const value = parse('{"__proto__":{"admin":true}}') as { admin?: boolean };
    expect(value.admin).toBeUndefined();
    expect(Object.hasOwn(value, "__proto__")).toBe(true);
  });
});
