import { runMiddlewares } from "../middleware.ts";
import type { DeliveryFault } from "@hawser/protocol/internal";
import type { Middleware } from "../middleware.ts";
import type { Event } from "../socket-types.ts";

/** What a message is handled by: listeners, middlewares and catch-all listeners of a socket. */
export interface Handlers {
  rawListeners(event: string): unknown[];
  /** Tells the catch-all listeners, and gives the middlewares that come after them. */
  _observe(event: Event): readonly Middleware<Event>[] | undefined;
}

/** How the handling of a message has ended. */
export type Ended =
  | { readonly kind: "answered"; readonly answer: unknown[] }
  | { readonly kind: "failed"; readonly fault: DeliveryFault; readonly error?: unknown }
  /** The application wants it to come again. */
  | { readonly kind: "retry"; readonly retryAfterMs: number | undefined };

/** An error as an application may throw it. */
interface AppError {
  message?: unknown;
  data?: unknown;
  expose?: unknown;
  retry?: unknown;
  retryAfterMs?: unknown;
}

type Listener = (...args: unknown[]) => unknown;

/**
 * Handles one message: catch-all listeners, middlewares, then every listener; ends when all promises of theirs have,
 * or when the time is over. The answer is what the first call of `ack` was given, or nothing.
 *
 * A listener that declares the acknowledgement and returns no promise has ended when it has called it.
 */
export async function runHandlers(
  handlers: Handlers,
  event: Event,
  timeoutMs: number,
): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<Ended>((resolve) => {
    timer = setTimeout(() => resolve(tooLate(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([handle(handlers, event), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

async function handle(handlers: Handlers, event: Event): Promise<Ended> {
  let answer: unknown[] | undefined;
  let onAnswer: () => void = () => {};
  const answered = new Promise<void>((resolve) => (onAnswer = resolve));
  const ack = (...args: unknown[]): void => {
    answer ??= args;
    onAnswer();
  };
  const given: Event = [...event, ack];
  try {
    const refusal = await passMiddlewares(handlers._observe(given), given);
    if (refusal !== undefined) return refused(refusal);
    const listeners = handlers.rawListeners(given[0]) as Listener[];
    if (listeners.length === 0) return noListener(given[0]);
    const args = given.slice(1);
    await Promise.all(listeners.map((listener) => call(handlers, listener, args, answered)));
  } catch (error) {
    return failed(error);
  }
  return { kind: "answered", answer: answer ?? [] };
}

async function call(
  socket: Handlers,
  listener: Listener,
  args: readonly unknown[],
  answered: Promise<void>,
): Promise<void> {
  const result = listener.apply(socket, args as unknown[]);
  if (isPromise(result)) await result;
  else if (declaredOf(listener) >= args.length) await answered;
}

/** How many parameters a listener declares; `once` puts a function around it. */
function declaredOf(listener: Listener & { listener?: Listener }): number {
  return (listener.listener ?? listener).length;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}

function passMiddlewares(
  middlewares: readonly Middleware<Event>[] | undefined,
  event: Event,
): Promise<Error | undefined> | undefined {
  if (middlewares === undefined) return undefined;
  return new Promise((resolve) => runMiddlewares(middlewares, event, resolve));
}

function noListener(event: unknown): Ended {
  const message = `nobody listens to "${String(event)}"`;
  return { kind: "failed", fault: { code: "NO_LISTENER", message } };
}

function tooLate(timeoutMs: number): Ended {
  const message = `the handler did not end within ${timeoutMs} ms`;
  return { kind: "failed", fault: { code: "HANDLER_TIMEOUT", message } };
}

/** What a middleware says of a refusal is meant for the client, as in Socket.IO. */
function refused(error: unknown): Ended {
  const { message, data, retry, retryAfterMs } = error as AppError;
  if (retry === true) return again(retryAfterMs);
  const fault = { code: "MIDDLEWARE_REFUSED" as const, message: String(message) };
  return { kind: "failed", fault: withData(fault, data) };
}

/** What a handler throws is told to the client when it is meant for it: when it has `data`, or `expose`. */
function failed(error: unknown): Ended {
  const { message, data, expose, retry, retryAfterMs } = (error ?? {}) as AppError;
  if (retry === true) return again(retryAfterMs);
  const isTold = expose === true || (data !== undefined && expose !== false);
  const text = isTold ? String(message) : "the handler failed";
  const fault = { code: "HANDLER_FAILED" as const, message: text };
  return { kind: "failed", fault: isTold ? withData(fault, data) : fault, error };
}

function again(retryAfterMs: unknown): Ended {
  return {
    kind: "retry",
    retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : undefined,
  };
}

function withData(fault: DeliveryFault, data: unknown): DeliveryFault {
  return data === undefined ? fault : { ...fault, data };
}
