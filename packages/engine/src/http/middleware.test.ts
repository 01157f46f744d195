import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { runMiddlewares } from "./middleware.ts";
import type { Middleware } from "./middleware.ts";

const request = {} as IncomingMessage;
const response = {} as ServerResponse;

describe("runMiddlewares", () => {
  it("runs them in order, asynchronous ones too, and then calls back without an error", async () => {
    const order: string[] = [];
    const middlewares: Middleware[] = [
      (_request, _response, next) => {
        order.push("first");
        next();
      },
      (_request, _response, next) => {
        setImmediate(() => {
          order.push("second");
          next();
        });
      },
    ];
    const error = await new Promise((resolve) => {
      runMiddlewares(middlewares, request, response, resolve);
    });
    expect(error).toBeUndefined();
    expect(order).toEqual(["first", "second"]);
  });

  it("stops at the one that fails", () => {
    const seen: unknown[] = [];
    runMiddlewares(
      [(_request, _response, next) => next(new Error("no")), () => seen.push("never")],
      request,
      response,
      (error) => seen.push(error),
    );
    expect(seen).toEqual([new Error("no")]);
  });

  it("goes on once when one calls next twice", () => {
    let calls = 0;
    const twice: Middleware = (_request, _response, next) => {
      next();
      next();
    };
    runMiddlewares([twice], request, response, () => calls++);
    expect(calls).toBe(1);
  });

  it("waits when one does not call next", () => {
    let calls = 0;
    runMiddlewares([() => {}], request, response, () => calls++);
    expect(calls).toBe(0);
  });
});
