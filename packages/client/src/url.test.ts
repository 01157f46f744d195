import { describe, expect, it } from "vitest";
import { formatQuery, parseQuery, parseUrl, resolveUrl } from "./url.ts";

const page = { protocol: "https:", host: "page.example:8443" };

describe("parseUrl", () => {
  it.each([
    ["http://h", { protocol: "http", host: "h", port: "", path: "", query: "" }],
    ["WSS://h:1/a/b?x=1#y", { protocol: "wss", host: "h", port: "1", path: "/a/b", query: "x=1" }],
    ["http://user:pass@h:1", { protocol: "http", host: "h", port: "1", path: "", query: "" }],
    ["http://[::1]:3000/q", { protocol: "http", host: "::1", port: "3000", path: "/q", query: "" }],
    ["h:80", { protocol: "", host: "h", port: "80", path: "", query: "" }],
    ["", { protocol: "", host: "", port: "", path: "", query: "" }],
  ])("splits %s", (text, parts) => {
    expect(parseUrl(text)).toEqual(parts);
  });

  it("takes linear time", () => {
    const time = (length: number) => {
      const text = "a".repeat(length) + "@".repeat(length);
      const start = performance.now();
      parseUrl(text);
      return performance.now() - start;
    };
    time(10_000);
    expect(time(1_000_000)).toBeLessThan(500);
  });
});

describe("query text", () => {
  it("goes there and back", () => {
    const query = { "a b": "1&2", é: "=", empty: "" };
    expect(parseQuery(formatQuery(query))).toEqual(query);
  });

  it("keeps the last of equal names and skips nothings", () => {
    expect(parseQuery("a=1&&a=2&b&=3")).toEqual({ a: "2", b: "" });
  });

  it("keeps an equals sign inside a value", () => {
    expect(parseQuery("token=a=b==")).toEqual({ token: "a=b==" });
  });
});

describe("resolveUrl", () => {
  it.each([
    ["/", "https://page.example:8443/", "/", "https://page.example:8443/socket.io"],
    ["/admin", "https://page.example:8443/admin", "/admin", "https://page.example:8443/socket.io"],
    ["//other/n", "https://other/n", "/n", "https://other:443/socket.io"],
    ["other:81/n", "https://other:81/n", "/n", "https://other:81/socket.io"],
    ["http://h", "http://h", "/", "http://h:80/socket.io"],
    ["http://h:80/a?x=1", "http://h:80/a?x=1", "/a", "http://h:80/socket.io"],
    ["ws://h/a/", "ws://h/a/", "/a/", "ws://h:80/socket.io"],
    ["http://[::1]:3000", "http://[::1]:3000", "/", "http://[::1]:3000/socket.io"],
  ])("reads %s from a page", (uri, source, path, id) => {
    const url = resolveUrl(uri, "/socket.io", page);
    expect([url.source, url.path, url.id]).toEqual([source, path, id]);
  });

  it("means localhost without a page", () => {
    expect(resolveUrl("/admin", "", undefined)).toMatchObject({
      source: "http://localhost/admin",
      path: "/admin",
    });
    expect(resolveUrl("localhost:3000", "", undefined).source).toBe("http://localhost:3000");
  });

  it("gives equal addresses equal ids, and tells paths apart", () => {
    const id = (uri: string, path: string) => resolveUrl(uri, path, undefined).id;
    expect(id("http://h/a", "/p")).toBe(id("http://h:80/b?x=1", "/p"));
    expect(id("http://h", "/p")).not.toBe(id("http://h", "/q"));
    expect(id("http://h", "/p")).not.toBe(id("https://h", "/p"));
  });
});
