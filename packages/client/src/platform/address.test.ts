import { describe, expect, it } from "vitest";
import { addresses as standard } from "./address.ts";
import { addresses as native } from "./address.native.ts";

describe.each([
  ["browsers and Node.js", standard],
  ["React Native", native],
])("addresses in %s", (_, addresses) => {
  it.each([
    ["/", "http://localhost/"],
    ["/admin", "http://localhost/admin"],
    ["//other/n", "http://other/n"],
    ["other:81/n", "http://other:81/n"],
    ["localhost:3000", "http://localhost:3000/"],
    ["http://h", "http://h/"],
    ["http://h:80/a?x=1", "http://h/a?x=1"],
    ["HTTPS://h:443", "https://h/"],
    ["ws://h/a/", "ws://h/a/"],
    ["http://[::1]:3000", "http://[::1]:3000/"],
  ])("reads %s", (text, href) => {
    expect(addresses.parse(text, undefined).href).toBe(href);
  });

  it("splits an address", () => {
    expect(addresses.parse("wss://user:pass@h:1/a?x=1", undefined)).toMatchObject({
      protocol: "wss:",
      host: "h:1",
      hostname: "h",
      port: "1",
      search: "?x=1",
    });
  });

  it("reads and writes query text", () => {
    const query = { "a&b": "1&2", é: "=", empty: "", token: "a+b" };
    expect(addresses.parseQuery(addresses.formatQuery(query))).toEqual(query);
    expect(addresses.parseQuery("?a=1&a=2&token=x+y==&b=%20%2B")).toEqual({
      a: "2",
      token: "x+y==",
      b: " +",
    });
    expect(addresses.parseQuery({ n: 1 as unknown as string })).toEqual({ n: "1" });
    expect(addresses.parseQuery(undefined)).toEqual({});
  });

  it("takes linear time", () => {
    const time = (length: number) => {
      const text = `http://${"a".repeat(length)}${"@".repeat(length)}`;
      const start = performance.now();
      try {
        addresses.parse(text, undefined);
      } catch {
        // Not every platform takes it.
      }
      return performance.now() - start;
    };
    time(10_000);
    expect(time(300_000)).toBeLessThan(1000);
  });
});

describe("seen from a page", () => {
  const page = { href: "https://page.example:8443/app/?q" };

  it.each([
    ["/admin", "https://page.example:8443/admin"],
    ["//other/n", "https://other/n"],
    ["other:81", "https://other:81/"],
    ["http://h", "http://h/"],
  ])("%s is %s", (text, href) => {
    expect(standard.parse(text, page).href).toBe(href);
  });
});
