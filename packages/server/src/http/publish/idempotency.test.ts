import { beforeEach, describe, expect, it } from "vitest";
import { IdempotencyStore } from "./idempotency.ts";
import { defaultPublishLimits } from "./limits.ts";
import type { Answer } from "./idempotency.ts";

const done: Answer = { status: 200, body: '{"ok":true}' };

describe("IdempotencyStore", () => {
  let now: number;
  let store: IdempotencyStore;
  let count: number;
  const act = (): Promise<Answer> => {
    count++;
    return Promise.resolve({ status: 200, body: String(count) });
  };
  const bodyOf = async (name: string, print = "x"): Promise<string> =>
    (await store.once(name, print, act).answer).body;
  const storeOf = (limits: Partial<typeof defaultPublishLimits>): IdempotencyStore =>
    new IdempotencyStore({ ...defaultPublishLimits, ...limits }, () => now);

  beforeEach(() => {
    now = 0;
    count = 0;
    store = storeOf({});
  });

  it("does it once, and gives the first answer again", async () => {
    expect(await bodyOf("a")).toBe("1");
    const again = store.once("a", "x", act);
    expect(again.replayed).toBe(true);
    expect((await again.answer).body).toBe("1");
    expect(await bodyOf("b")).toBe("2");
  });

  it("lets those wait who come meanwhile", async () => {
    let finish: (answer: Answer) => void = () => {};
    const first = store.once("a", "x", () => new Promise((resolve) => (finish = resolve)));
    const second = store.once("a", "x", act);
    expect(second.replayed).toBe(true);
    finish(done);
    expect(await Promise.all([first.answer, second.answer])).toEqual([done, done]);
    expect(count).toBe(0);
  });

  it("refuses another request under the same name, also while the first one runs", async () => {
    const first = store.once("a", "x", act);
    const mismatch = expect.objectContaining({ code: "IDEMPOTENCY_MISMATCH" });
    expect(() => store.once("a", "y", act)).toThrow(mismatch);
    await first.answer;
    expect(() => store.once("a", "y", act)).toThrow(mismatch);
  });

  it("does not keep what was refused", async () => {
    await store.once("a", "x", () => Promise.resolve({ status: 400, body: "no" })).answer;
    expect(await bodyOf("a", "y")).toBe("1");
  });

  it("forgets after a time", async () => {
    await bodyOf("a");
    now = defaultPublishLimits.idempotencyMs;
    expect(await bodyOf("a")).toBe("2");
    expect(store.size).toBe(1);
  });

  it("keeps a bounded number", async () => {
    store = storeOf({ idempotencyCountMax: 2 });
    for (const name of ["a", "b", "c"]) await bodyOf(name);
    expect(store.size).toBe(2);
    expect(await bodyOf("c")).toBe("3");
    expect(await bodyOf("a")).toBe("4");
  });

  it("keeps a bounded number of bytes", async () => {
    store = storeOf({ idempotencyBytesMax: 10_000 });
    const large = (): Promise<Answer> => Promise.resolve({ status: 200, body: "x".repeat(2_000) });
    for (let index = 0; index < 10; index++) await store.once(`${index}`, "x", large).answer;
    expect(store.size).toBe(2);
  });

  it("bounds those who wait, and what runs", () => {
    store = storeOf({ idempotencyWaitersMax: 1, idempotencyCountMax: 1 });
    const busy = expect.objectContaining({ code: "IDEMPOTENCY_BUSY" });
    const never = (): Promise<Answer> => new Promise(() => {});
    store.once("a", "x", never);
    store.once("a", "x", never);
    expect(() => store.once("a", "x", never)).toThrow(busy);
    expect(() => store.once("b", "x", never)).toThrow(busy);
  });
});
