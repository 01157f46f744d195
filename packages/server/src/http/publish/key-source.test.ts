import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeApiKey } from "./api-key.ts";
import { KeySource } from "./key-source.ts";
import { defaultPublishLimits } from "./limits.ts";
import type { MockInstance } from "vitest";
import type { ApiKey } from "./api-key.ts";

const { key, entry } = makeApiKey({ id: "a" });
const bearer = `Bearer ${key}`;

describe("KeySource of a function", () => {
  let now: number;
  let asked: number;
  let give: () => ApiKey[] | Promise<ApiKey[]>;
  let source: KeySource;
  let warned: MockInstance;

  beforeEach(() => {
    now = 0;
    asked = 0;
    give = () => [entry];
    const keys = () => {
      asked++;
      return give();
    };
    source = new KeySource(keys, defaultPublishLimits, () => now);
    warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const found = async (): Promise<boolean> =>
    (await source.current()).find(bearer, now) !== undefined;

  it("asks once for requests at the same time, and again after a second", async () => {
    expect(await Promise.all([found(), found(), found()])).toEqual([true, true, true]);
    now = 999;
    await found();
    expect(asked).toBe(1);
    now = 1_000;
    await found();
    expect(asked).toBe(2);
  });

  it("knows a key that was taken away no longer than a second", async () => {
    expect(await found()).toBe(true);
    give = () => [];
    now = 1_000;
    expect(await found()).toBe(false);
  });

  it("goes on with the keys it has for a minute while the function fails", async () => {
    await found();
    give = () => Promise.reject(new Error("database away"));
    now = 59_999;
    expect(await found()).toBe(true);
    now = 60_000;
    await expect(found()).rejects.toMatchObject({ code: "KEYS_UNAVAILABLE" });
    expect(warned).toHaveBeenCalledWith(expect.stringContaining("database away"), {
      code: "HAWSER_KEYS",
    });
    give = () => [entry];
    expect(await found()).toBe(true);
  });

  it("lets nobody in for keys that cannot be used", async () => {
    give = () => [{ id: "a", hash: "", scopes: ["*"] }];
    await expect(found()).rejects.toMatchObject({ code: "KEYS_UNAVAILABLE" });
  });

  it("does not wait for ever for a function", async () => {
    vi.useFakeTimers();
    try {
      give = () => new Promise(() => {});
      const failed = found().catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(defaultPublishLimits.keysTimeoutMs);
      expect(await failed).toMatchObject({ code: "KEYS_UNAVAILABLE" });
    } finally {
      vi.useRealTimers();
    }
  });
});
