import type { AckCallback } from "./adapter/types.ts";

/** What an acknowledgement is told when it did not come in time. */
export function timeoutError(): Error {
  return new Error("operation has timed out");
}

/** What a promise of an acknowledgement is told when its socket has gone. */
export function disconnectedError(): Error {
  return new Error("socket has been disconnected");
}

/**
 * Wraps an acknowledgement with a time limit: it gets an error first, and is called once,
 * by the answer or by the limit, whichever comes first.
 * @param timeoutMs the limit, in ms
 * @param forget called when the limit has passed
 */
export function withTimeout(ack: AckCallback, timeoutMs: number, forget: () => void): AckCallback {
  let settled = false;
  const timer = setTimeout(() => {
    if (settled) return;
    settled = true;
    forget();
    ack(timeoutError());
  }, timeoutMs);
  return (...args) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    ack(null, ...args);
  };
}
