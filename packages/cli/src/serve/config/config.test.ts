import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { checkConfig } from "./check.ts";
import { exampleConfig } from "./example.ts";
import { refuseUnsafe } from "./safety.ts";

const check = (value: unknown) => checkConfig(value, "hawser.yaml");
const secret = "0123456789abcdef0123456789abcdef";

describe("a config", () => {
  it("has defaults that are safe", () => {
    expect(check({})).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      auth: { type: "none" },
      publish: false,
      subscribe: [],
      limits: { messageBytes: 1_000_000 },
    });
  });

  it("is the example", () => {
    expect(check(parse(exampleConfig))).toEqual(
      check({ plain: { path: "/hawser/ws" }, sse: { path: "/hawser/sse" } }),
    );
  });

  it("is the example with everything in it that is commented out", () => {
    // Settings that are there twice: what was commented out comes later, and counts.
    const lines = exampleConfig.split("\n").map((it) => it.replace(/^# (?=[a-z]+:|  )/, ""));
    const text = lines
      .filter(
        (it) =>
          !/^(?:subscribe: \[\]|relay: \[\]|webhooks: \[\]|publish: false|delivery: false|auth: \{)/.test(
            it,
          ),
      )
      .join("\n");
    for (const type of ["tokens", "jwt", "webhook"]) {
      const parts = text.split(/(?=^auth:$)/m);
      const last = parts.at(-1)!;
      const rest = last.slice(last.indexOf("# Rooms that clients"));
      const mine = parts.find((it) => it.includes(`type: ${type}`))!;
      const auth = mine.startsWith("auth:")
        ? mine.slice(0, mine.includes("# Rooms") ? mine.indexOf("# Rooms") : undefined)
        : "";
      const all = `${parts[0]}${auth}\n${rest}`
        .replaceAll(/\$\{[A-Z_]+\}/g, secret)
        .replace("sha256:…", `sha256:${"a".repeat(64)}`);
      expect(check(parse(all))).toMatchObject({ auth: { type }, relay: [{ event: "chat" }] });
    }
  });

  it.each([
    [{ prot: 1 }, /prot: there is no such setting/],
    [{ port: "3000" }, /port: expected number, not "3000"/],
    [{ relay: [{ event: "a", room: "b" }] }, /relay\[0\]\.rooms/],
    [{ auth: { type: "jwt" } }, /exactly one of secret, publicKey and jwks/],
    [{ auth: { type: "jwt", secret, algorithms: ["RS256"] } }, /a secret goes with HS256/],
    [
      { auth: { type: "jwt", jwks: "https://a.example", algorithms: ["HS256"] } },
      /never goes with HS/,
    ],
    [{ auth: { type: "jwt", secret: "short" } }, /auth\.secret: expected at least 32 characters/],
    [{ auth: { type: "magic" } }, /auth\.type: expected type "none", "tokens", "jwt" or "webhook"/],
    [
      { webhooks: [{ events: ["a"], url: "ftp://a", secret }] },
      /webhooks\[0\]\.url: expected an http\(s\) address/,
    ],
    [
      { publish: { keys: [{ id: "a", hash: "plain text", scopes: [] }] } },
      /publish\.keys\[0\]\.hash: expected "sha256:…"/,
    ],
    [{ stopTimeout: "soon" }, /stopTimeout: expected ms, or a text such as "5s"/],
    [[], /is a list/],
    ["text", /the file/],
  ])("%j names the place", (value, expected) => {
    expect(() => check(value)).toThrow(expected);
  });

  it("does not print what a hash should have been", () => {
    expect(() =>
      check({ publish: { keys: [{ id: "a", hash: "hk_a_secret", scopes: [] }] } }),
    ).not.toThrow(/hk_a_secret/);
  });
});

describe("a public address", () => {
  const host = "0.0.0.0";
  const tokens = { type: "tokens", tokens: { abc: {} } };

  it.each([
    [{}, /auth: anybody could connect/],
    [{ auth: tokens, cors: { origin: "*" } }, /any page could connect/],
    [
      { auth: tokens, cors: { origin: true, credentials: true }, allowUnsafe: ["any-origin"] },
      /act as your users/,
    ],
    [{ auth: tokens, publish: {} }, /publish\.keys: anybody could publish/],
    [
      { auth: { type: "webhook", url: "http://a.example/auth", secret } },
      /auth\.url: http: to another network/,
    ],
  ])("refuses %j", (value, expected) => {
    expect(() => refuseUnsafe(check({ host, ...value }))).toThrow(expected);
    expect(() => refuseUnsafe(check({ ...value }))).not.toThrow();
  });

  it.each([
    { auth: tokens },
    { allowUnsafe: ["open-auth"] },
    { auth: { type: "webhook", url: "http://backend:8000/auth", secret } },
    { auth: tokens, cors: { origin: ["https://app.example"], credentials: true } },
  ])("takes %j", (value) => {
    expect(() => refuseUnsafe(check({ host, ...value }))).not.toThrow();
  });
});
