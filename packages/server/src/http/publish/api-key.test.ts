import { describe, expect, it } from "vitest";
import { checkApiKey, hashApiKey, KeyRing, makeApiKey } from "./api-key.ts";
import type { ApiKey } from "./api-key.ts";

const now = Date.UTC(2030, 0, 1);
const bearer = (key: string): string => `Bearer ${key}`;

describe("makeApiKey", () => {
  it("gives a key that names its entry, and an entry that does not hold the key", () => {
    const { key, entry } = makeApiKey({ id: "billing", scopes: ["publish:user"] });
    expect(key).toMatch(/^hk_billing_[\w-]{43}$/);
    expect(entry).toEqual({ id: "billing", hash: hashApiKey(key), scopes: ["publish:user"] });
    expect(JSON.stringify(entry)).not.toContain(key.slice(-43));
  });

  it("gives another one each time", () => {
    const [a, b] = [makeApiKey(), makeApiKey()];
    expect(a.key).not.toBe(b.key);
    expect(a.entry.id).not.toBe(b.entry.id);
  });

  it.each([
    ["id", { id: "a_b" }],
    ["scope", { scopes: ["publsh"] }],
    ["scope", { scopes: ["publish:rom:a"] }],
    ["scope", { scopes: ["*:room"] }],
    ["expires", { expires: "tomorrow" }],
    ["namespaces", { namespaces: "/" as never }],
  ])("refuses a wrong %s", (_name, options) => {
    expect(() => makeApiKey(options)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

describe("checkApiKey", () => {
  it("does not repeat what stands in the place of the hash: it may be the key", () => {
    const entry = { id: "a", hash: "hk_a_verysecret", scopes: ["*"] };
    expect(() => checkApiKey(entry)).toThrow(/hash of API key a; expected/);
    expect(() => checkApiKey(entry)).not.toThrow(/verysecret/);
  });
});

describe("KeyRing", () => {
  const { key, entry } = makeApiKey({ id: "a" });
  const ring = new KeyRing([entry]);

  it("finds a key by its whole text", () => {
    expect(ring.find(bearer(key), now)).toBe(entry);
    expect(ring.find(`bearer  ${key}`, now)).toBe(entry);
  });

  it.each([
    ["nothing", undefined],
    ["another scheme", `Basic ${key}`],
    ["a key with more behind it", bearer(`${key}x`)],
    ["a key that is cut", bearer(key.slice(0, -1))],
    ["another key's secret", bearer(makeApiKey({ id: "a" }).key)],
    ["an id that is not there", bearer(makeApiKey({ id: "b" }).key)],
    ["the hash in place of the key", bearer(entry.hash)],
    ["an empty secret", bearer("hk_a_")],
    ["__proto__", bearer("hk___proto___x")],
    ["constructor", bearer("hk_constructor_x")],
  ])("does not take %s", (_what, authorization) => {
    expect(ring.find(authorization, now)).toBeUndefined();
  });

  it.each([now + 1, new Date(now + 1), "2030-01-01T00:00:00.001Z"])(
    "ends a key at %s",
    (expires) => {
      const short: ApiKey = { ...entry, expires };
      expect(new KeyRing([short]).find(bearer(key), now)).toBe(short);
      expect(new KeyRing([short]).find(bearer(key), now + 1)).toBeUndefined();
    },
  );

  it("holds two keys at once while one takes the other's place", () => {
    const next = makeApiKey({ id: "a-2" });
    const both = new KeyRing([entry, next.entry]);
    expect(both.find(bearer(key), now)?.id).toBe("a");
    expect(both.find(bearer(next.key), now)?.id).toBe("a-2");
  });

  it("refuses an id that is there twice", () => {
    expect(() => new KeyRing([entry, entry])).toThrow(/each id once/);
  });
});
