import { describe, expect, it } from "vitest";
import { runMiddlewares } from "./middleware.ts";
import type { Middleware } from "./middleware.ts";

const run = (middlewares: Middleware<string[]>[]): Promise<{ error?: Error; log: string[] }> =>
  new Promise((resolve) => {
    const log: string[] = [];
    runMiddlewares(middlewares, log, (error) => resolve(error ? { error, log } : { log }));
  });

const step =
  (name: string): Middleware<string[]> =>
  (log, next) => {
    log.push(name);
    next();
  };

describe("runMiddlewares", () => {
  it("runs them in order", async () => {
    expect((await run([step("a"), step("b"), step("c")])).log).toEqual(["a", "b", "c"]);
  });

  it("stops at the first error", async () => {
    const refuse: Middleware<string[]> = (_log, next) => next(new Error("no"));
    const { error, log } = await run([step("a"), refuse, step("c")]);
    expect(error?.message).toBe("no");
    expect(log).toEqual(["a"]);
  });

  it("ignores a second call of next", async () => {
    const twice: Middleware<string[]> = (_log, next) => {
      next();
      next(new Error("too late"));
    };
    let calls = 0;
    runMiddlewares([twice, step("b")], [], (error) => {
      calls++;
      expect(error).toBeUndefined();
    });
    expect(calls).toBe(1);
  });

  it("takes a rejected promise for a refusal", async () => {
    const { error } = await run([() => Promise.reject(new Error("database down"))]);
    expect(error?.message).toBe("database down");
  });

  it("is not disturbed by a middleware that adds another", async () => {
    const list: Middleware<string[]>[] = [];
    list.push((_log, next) => {
      list.push(step("added"));
      next();
    });
    expect((await run(list)).log).toEqual([]);
  });
});
