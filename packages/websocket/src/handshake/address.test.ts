import { describe, expect, it } from "vitest";
import { checkProtocols, hostHeader, parseAddress } from "./address.ts";

describe("parseAddress", () => {
  it.each([
    ["ws://example.org", { secure: false, host: "example.org", port: 80, path: "/" }],
    ["wss://example.org/a?b=c", { secure: true, host: "example.org", port: 443, path: "/a?b=c" }],
    ["http://example.org:8080/x", { url: "ws://example.org:8080/x", secure: false, port: 8080 }],
    ["https://example.org", { url: "wss://example.org/", secure: true }],
    ["ws://[::1]:81/", { host: "::1", port: 81 }],
    ["ws://user:p%40ss@example.org/", { auth: "user:p@ss", host: "example.org" }],
    ["ws://50%:off@example.org/", { auth: "50%:off" }],
    ["ws+unix:/run/app.sock", { socketPath: "/run/app.sock", path: "/", host: "localhost" }],
    ["ws+unix:/run/app.sock:/path?q=1", { socketPath: "/run/app.sock", path: "/path?q=1" }],
  ])("reads %s", (text, expected) => expect(parseAddress(text)).toMatchObject(expected));

  it.each(["", "example.org", "ftp://example.org", "ws://example.org/#part", "ws+unix:", "ws://"])(
    "refuses %j",
    (text) => expect(() => parseAddress(text)).toThrow(SyntaxError),
  );

  it("names the host as the Host header does", () => {
    expect(hostHeader(parseAddress("ws://example.org"))).toBe("example.org");
    expect(hostHeader(parseAddress("wss://example.org:444"))).toBe("example.org:444");
    expect(hostHeader(parseAddress("ws://[::1]:81/"))).toBe("[::1]:81");
  });
});

describe("checkProtocols", () => {
  it("takes one, several or none", () => {
    expect(checkProtocols(undefined)).toEqual([]);
    expect(checkProtocols("a")).toEqual(["a"]);
    expect(checkProtocols(["a", "b"])).toEqual(["a", "b"]);
  });

  it.each([[""], ["a b"], [["a", "a"]], [["a", ""]], [[1]]])("refuses %j", (protocols) =>
    expect(() => checkProtocols(protocols as string[])).toThrow(SyntaxError),
  );
});
