import type { IncomingMessage, ServerResponse } from "node:http";

/** An Express-compatible middleware; on an upgrade the response takes headers, or refuses. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Runs the middlewares one after the other, then `done`, with the error of the one that failed. One that neither calls
 * `next` nor ends the response leaves the request hanging: whoever calls this has to bound the time.
 */
export function runMiddlewares(
  middlewares: readonly Middleware[],
  request: IncomingMessage,
  response: ServerResponse,
  done: (error?: unknown) => void,
): void {
  const step = (index: number): void => {
    const middleware = middlewares[index];
    if (middleware === undefined) {
      done();
      return;
    }
    let called = false;
    middleware(request, response, (error?: unknown) => {
      if (called) return;
      called = true;
      if (error !== undefined && error !== null) done(error);
      else step(index + 1);
    });
  };
  step(0);
}
