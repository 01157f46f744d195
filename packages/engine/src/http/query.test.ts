import { describe, expect, it } from "vitest";
import { parseQuery } from "./query.ts";

describe("parseQuery", () => {
  it("reads names and values", () => {
    expect({ ...parseQuery("/engine.io/?EIO=4&transport=polling&t=a%20b+c") }).toEqual({
      EIO: "4",
      transport: "polling",
      t: "a b c",
    });
  });

  it("has nothing where there is no query", () => {
    expect(Object.keys(parseQuery("/engine.io/"))).toEqual([]);
    expect(Object.keys(parseQuery(undefined))).toEqual([]);
  });

  it("takes the first of a repeated key, the empty value too", () => {
    expect(parseQuery("/?a=1&a=2")["a"]).toBe("1");
    expect(parseQuery("/?a=&a=2")["a"]).toBe("");
  });

  it("has own properties only", () => {
    const query = parseQuery("/?__proto__=1&constructor=2");
    for (const name of ["toString", "hasOwnProperty", "valueOf"]) expect(name in query).toBe(false);
    expect(query["__proto__"]).toBe("1");
    expect(parseQuery("/?a=1")["constructor"]).toBeUndefined();
    expect(parseQuery("/?a=1")["toString"]).toBeUndefined();
  });

  it("reads what needs no decoding as URLSearchParams does", () => {
    for (const text of [
      "a",
      "a=",
      "=a",
      "&&a=1&",
      "a=1=2&b",
      "=",
      "&",
      "a=1&a=2",
      "b=&a==",
      "é=ü",
    ]) {
      const wanted: Record<string, string> = {};
      for (const [key, value] of new URLSearchParams(text)) wanted[key] ??= value;
      expect({ ...parseQuery(`/?${text}`) }).toEqual(wanted);
    }
  });

  it("survives broken escapes", () => {
    expect(parseQuery("/?a=%E0%A4%A&b=%zz")["b"]).toBe("%zz");
  });
});
