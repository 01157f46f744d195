/** Thrown while a durable message is handled: it comes again after that time, and all of its session behind it. */
export class LaterError extends Error {
  readonly retry = true;
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super("later");
    this.retryAfterMs = retryAfterMs;
  }
}
