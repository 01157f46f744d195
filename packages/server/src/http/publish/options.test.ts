import { describe, expect, it } from "vitest";
import { makeApiKey } from "./api-key.ts";
import { resolvePublish } from "./options.ts";

describe("resolvePublish", () => {
  it("has defaults", () => {
    const { path, keys, rate, limits } = resolvePublish({});
    expect({ path, keys, rate }).toEqual({ path: "/hawser", keys: undefined, rate: undefined });
    expect(limits.bodyBytesMax).toBe(1_048_576);
  });

  it("takes what is right", () => {
    const { entry } = makeApiKey();
    expect(resolvePublish({ path: "/a/b/", keys: [entry], limits: { depthMax: 5 } })).toMatchObject(
      {
        path: "/a/b",
        limits: { depthMax: 5, bodyBytesMax: 1_048_576 },
      },
    );
  });

  it.each([
    [true],
    [null],
    [{ path: "hawser" }],
    [{ path: "/" }],
    [{ path: "/a b" }],
    [{ keys: [] }],
    [{ keys: "hk_a_b" }],
    [{ keys: [{ id: "a", hash: "x", scopes: ["*"] }] }],
    [{ key: [] }],
    [{ rate: { perSecond: 0 } }],
    [{ rate: { perSecond: 1, burst: Number.NaN } }],
    [{ limits: { bodyBytes: 1 } }],
    [{ limits: { bodyBytesMax: -1 } }],
  ])("refuses %j", (options) => {
    expect(() => resolvePublish(options as never)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
  });
});
