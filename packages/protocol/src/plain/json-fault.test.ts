import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutate, randomSource } from "../../testing/wire.ts";
import { findJsonFault } from "./json-fault.ts";

const fault = (text: string, depthMax: number = Infinity): unknown => {
  const found = findJsonFault(text, 0, depthMax);
  return found === undefined ? undefined : [found.code, found.at];
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("findJsonFault", () => {
  it.each([
    ["", 0],
    ["trunull", 3],
    ["[tru", 4],
    ["nulll", 4],
    ["[1,]", 3],
    ["[,1]", 1],
    ["[1 2]", 3],
    ["]", 0],
    ["[}", 1],
    ["[1}", 2],
    ['{"a"}', 4],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ["{1:2}", 1],
    ["-", 1],
    ["-a", 1],
    ["00", 1],
    ["1.e3", 2],
    ["1e", 2],
    ["1e+", 3],
    [".5", 0],
    ['"\t"', 1],
    ['"\\', 2],
    ['"\\u12g4"', 5],
    ["\u00a0 1", 0],
    ["1\u2028", 1],
  ])("finds the place in %j", (text, at) => {
    expect(isJson(text)).toBe(false);
    expect(fault(text)).toEqual(["JSON_INVALID", at]);
  });

  it("counts from the start it is given", () => {
    expect(findJsonFault("42[1,]", 2, Infinity)).toEqual({ code: "JSON_INVALID", at: 3 });
  });

  it("tells the depth where it is one too many, or what is wrong before", () => {
    expect(fault("[[1]]", 2)).toBeUndefined();
    expect(fault("[[[1]]]", 2)).toEqual(["TOO_DEEP", 2]);
    expect(fault('{"a":[{"b":1}]}', 2)).toEqual(["TOO_DEEP", 6]);
    expect(fault("[[],[],[[", 2)).toEqual(["TOO_DEEP", 8]);
    expect(fault("[[x[[", 2)).toEqual(["JSON_INVALID", 2]);
    expect(fault("[[[]]]", 2)).toEqual(["TOO_DEEP", 2]);
  });

  it("has nothing to say of JSON", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (text, indent) => {
        expect(fault(JSON.stringify(JSON.parse(text), undefined, indent))).toBeUndefined();
      }),
    );
  });

  it("agrees with the parser, and stops at the first unit that cannot go on", () => {
    const random = randomSource(3);
    const seeds = [
      '{"a":[1.5e3,true,null,-0],"b\\u00e9\\n":{"c":"\\"","d":[[],{}]}}',
      ' [ "x" , false , 1E-7 ] ',
      '"text"',
    ];
    const seen = { valid: 0, invalid: 0 };
    for (let round = 0; round < 30_000; round++) {
      const text = mutate(seeds[random(seeds.length)]!, random);
      const found = findJsonFault(text, 0, Infinity);
      if (isJson(text) !== (found === undefined)) expect(text).toBe("read alike");
      seen[found === undefined ? "valid" : "invalid"]++;
      if (found === undefined) continue;
      // What stands before the place is the beginning of something: cut there, only the end is missed.
      const before = text.slice(0, found.at);
      const cut = findJsonFault(before, 0, Infinity);
      if (cut !== undefined) expect([text, cut.at]).toEqual([text, before.length]);
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(500);
  });
});
