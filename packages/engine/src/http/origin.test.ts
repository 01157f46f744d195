import { describe, expect, it } from "vitest";
import { hasInvalidCharacters, isAllowedByCors, isSameOrigin, originHint } from "./origin.ts";

describe("isSameOrigin", () => {
  const same: [origin: string, host: string][] = [
    ["http://localhost:3000", "localhost:3000"],
    ["http://LOCALHOST:3000", "localhost:3000"],
    ["https://app.example", "App.Example"],
    ["https://app.example", "app.example:443"],
    ["http://app.example", "app.example:80"],
    ["http://[::1]:3000", "[::1]:3000"],
    ["capacitor://localhost", "localhost"],
  ];
  for (const [origin, host] of same) {
    it(`lets ${origin} in at ${host}`, () => {
      expect(isSameOrigin({ origin, host })).toBe(true);
    });
  }

  const foreign: [origin: string, host: string][] = [
    ["http://localhost:3001", "localhost:3000"],
    ["http://localhost", "localhost:3000"],
    ["https://app.example", "app.example:80"],
    ["http://app.example", "app.example:443"],
    ["https://evil.example", "app.example"],
    ["https://app.example.evil.example", "app.example"],
    ["https://notapp.example", "app.example"],
    ["https://evil.example@app.example", "app.example"],
    ["https://app.example/", "app.example"],
    ["null", "app.example"],
    ["null", "null"],
    ["file://", ""],
    ["", ""],
    ["://app.example", "app.example"],
    ["app.example", "app.example"],
  ];
  for (const [origin, host] of foreign) {
    it(`refuses ${JSON.stringify(origin)} at ${JSON.stringify(host)}`, () => {
      expect(isSameOrigin({ origin, host })).toBe(false);
    });
  }

  it("lets in what has no Origin, since no browser sent it from elsewhere", () => {
    expect(isSameOrigin({ host: "app.example" })).toBe(true);
  });

  it("refuses an Origin where there is no Host", () => {
    expect(isSameOrigin({ origin: "https://app.example" })).toBe(false);
  });

  it("believes a proxy's X-Forwarded-Host, of several the first", () => {
    const host = "10.0.0.7:8080";
    const origin = "https://app.example";
    expect(isSameOrigin({ origin, host, "x-forwarded-host": "app.example" })).toBe(true);
    expect(isSameOrigin({ origin, host, "x-forwarded-host": "app.example, inner" })).toBe(true);
    expect(isSameOrigin({ origin, host, "x-forwarded-host": "inner, app.example" })).toBe(false);
  });
});

describe("isAllowedByCors", () => {
  it("compares the origin with what the cors option has set", () => {
    expect(isAllowedByCors("https://a.example", "https://a.example")).toBe(true);
    expect(isAllowedByCors("https://a.example", "*")).toBe(true);
    expect(isAllowedByCors("null", "null")).toBe(true);
    expect(isAllowedByCors("https://a.example", "https://b.example")).toBe(false);
    expect(isAllowedByCors("https://a.example", undefined)).toBe(false);
  });
});

describe("hasInvalidCharacters", () => {
  it("knows what a header may have", () => {
    expect(hasInvalidCharacters("https://app.example")).toBe(false);
    expect(hasInvalidCharacters("https://münchen.example")).toBe(false);
    for (const bad of ["a\u0000b", "a\u0001", "\u007f", "a\nb", "\u0fff"]) {
      expect(hasInvalidCharacters(bad)).toBe(true);
    }
  });
});

describe("originHint", () => {
  it("names the line to add, and does not repeat a long origin in full", () => {
    const hint = originHint({ origin: "http://localhost:5173", host: "localhost:3000" });
    expect(hint).toContain('cors: { origin: ["http://localhost:5173"] }');
    expect(hint).toContain('"localhost:3000"');
    expect(hint).toContain("X-Forwarded-Host");
    expect(originHint({ origin: "x".repeat(10_000) }).length).toBeLessThan(1_000);
  });
});
