/** One step before a socket is let in or an event is delivered: calls `next()` to go on, `next(error)` to refuse. */
export type Middleware<Subject> = (subject: Subject, next: (error?: Error) => void) => unknown;

/**
 * Runs middlewares one after the other; `done` is called once, with the first error or with none.
 * A second call of the same `next` is ignored; a promise that is rejected refuses, like `next(error)`.
 */
export function runMiddlewares<Subject>(
  middlewares: readonly Middleware<Subject>[],
  subject: Subject,
  done: (error?: Error) => void,
): void {
  // A copy, since a middleware may add another while we run.
  const chain = middlewares.slice();
  const step = (index: number): void => {
    const middleware = chain[index];
    if (middleware === undefined) return done();
    let called = false;
    const next = (error?: Error): void => {
      if (called) return;
      called = true;
      if (error) done(error);
      else step(index + 1);
    };
    const result = middleware(subject, next);
    if (result instanceof Promise) result.then(undefined, next);
  };
  step(0);
}
