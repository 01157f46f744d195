import { describe, expect, it } from "vitest";
import { resolveEndpoint } from "./endpoint.ts";

const page = { href: "https://[::1]:8443/page" };

describe("resolveEndpoint", () => {
  it("takes the address first", () => {
    const options = { hostname: "other", port: 1, secure: false, query: { b: 2 } };
    expect(resolveEndpoint("wss://h:444?a=1", options, page)).toEqual({
      hostname: "h",
      port: "444",
      secure: true,
      path: "/engine.io/",
      query: { a: "1" },
    });
    expect(resolveEndpoint("http://h", { secure: true, port: 1 }, page)).toMatchObject({
      hostname: "h",
      port: "",
      secure: false,
    });
  });

  it("takes the options next", () => {
    expect(
      resolveEndpoint(undefined, { hostname: "h", port: 1, secure: true }, undefined),
    ).toMatchObject({ hostname: "h", port: 1, secure: true });
    expect(resolveEndpoint(undefined, { host: "h:81" }, page)).toMatchObject({
      hostname: "h",
      port: "81",
      secure: true,
    });
    expect(resolveEndpoint(undefined, { hostname: "h", secure: false }, page)).toMatchObject({
      port: "",
      secure: false,
    });
  });

  it("takes the page then, and localhost at last", () => {
    expect(resolveEndpoint(undefined, {}, page)).toMatchObject({
      hostname: "[::1]",
      port: "8443",
      secure: true,
    });
    expect(resolveEndpoint(undefined, {}, undefined)).toMatchObject({
      hostname: "localhost",
      port: "",
      secure: false,
    });
  });

  it.each([
    ["http://h", false],
    ["https://h", true],
    ["ws://h", false],
    ["wss://h", true],
  ])("knows whether %s is secure", (uri, secure) => {
    expect(resolveEndpoint(uri, {}, undefined).secure).toBe(secure);
    expect(resolveEndpoint(uri, {}, page).secure).toBe(secure);
  });

  it("ends the path with one slash, or with none", () => {
    const path = (options: object) => resolveEndpoint("http://h", options, undefined).path;
    expect(path({ path: "/my" })).toBe("/my/");
    expect(path({ path: "/my/" })).toBe("/my/");
    expect(path({ path: "/my/", addTrailingSlash: false })).toBe("/my");
  });

  it("reads a query given as text, and copies one given as an object", () => {
    const query = { a: 1 };
    expect(resolveEndpoint("http://h", { query }, undefined).query).toEqual({ a: "1" });
    expect(resolveEndpoint("http://h", { query }, undefined).query).not.toBe(query);
    const text = "a=1&b=2" as unknown as { [key: string]: string };
    expect(resolveEndpoint("http://h", { query: text }, undefined).query).toEqual({
      a: "1",
      b: "2",
    });
  });
});
