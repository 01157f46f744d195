import { ServerError } from "./errors.ts";
import type { AckCallback } from "./adapter/types.ts";

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
    ack(new ServerError("ACK_TIMEOUT", undefined, "maybe"));
  }, timeoutMs);
  return (...args) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    ack(null, ...args);
  };
}
