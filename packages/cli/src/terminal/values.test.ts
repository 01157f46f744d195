import { describe, expect, it } from "vitest";
import { forPeople, objectOption, printable, toJson, withBytes } from "./values.ts";

describe("values", () => {
  it("become JSON with bytes as base64, and come back", () => {
    const value = ["a", { bytes: Buffer.from([0, 1, 2]), more: new Uint8Array([255]).buffer }];
    const text = toJson(value);
    expect(text).toBe('["a",{"bytes":{"$base64":"AAEC"},"more":{"$base64":"/w=="}}]');
    expect(withBytes(JSON.parse(text))).toEqual([
      "a",
      { bytes: Buffer.from([0, 1, 2]), more: Buffer.from([255]) },
    ]);
  });

  it("show the beginning of bytes to people, without quotes", () => {
    expect(forPeople([Buffer.alloc(9, 1), "text"])).toBe(
      '[<9 B: 01 01 01 01 01 01 01 01 …>,"text"]',
    );
    expect(forPeople(Buffer.alloc(0))).toBe("<0 B>");
  });

  it("leave an object alone that only looks like bytes", () => {
    expect(withBytes({ $base64: "AA==", other: 1 })).toEqual({ $base64: "AA==", other: 1 });
  });

  it("show no control characters, which could change a terminal", () => {
    expect(printable("a\u001b[2Jb\u0007\u202e\n")).toBe("a\\u001b[2Jb\\u0007\\u202e\n");
  });

  it("of an option are an object", () => {
    expect(objectOption("--auth", '{"token":"a"}')).toEqual({ token: "a" });
    expect(() => objectOption("--auth", "[]")).toThrow(/--auth is to be a JSON object/);
    expect(() => objectOption("--auth", "{a}")).toThrow(/--auth is not JSON/);
  });
});
