import type { Timers } from "./engine/timers.ts";
import { ClientError } from "./errors.ts";
import type { Untyped } from "./events.ts";

/** An acknowledgement callback; with a time limit the error comes first. */
export type AckCallback = (...args: Untyped[]) => void;

/** Takes the callback from the end of the arguments of an emit, if there is one. */
export function takeCallback(args: unknown[]): AckCallback | undefined {
  return typeof args.at(-1) === "function" ? (args.pop() as AckCallback) : undefined;
}

/** Ends the wait, with an answer or with an error. */
type Settle = (error: Error | null, args?: readonly unknown[]) => void;

/** The acknowledgements that one socket waits for. */
export interface Acks {
  /**
   * Waits for an answer, for `timeoutMs` if given; `onTimeout` hears before the callback does. A callback that takes no
   * error is released in silence when there will be no answer.
   */
  add(
    callback: AckCallback,
    withError: boolean | undefined,
    timeoutMs: number | undefined,
    onTimeout: (id: number) => void,
  ): number;
  /** The answer is here. One that nobody waits for is ignored. */
  settle(id: number, args: readonly unknown[]): void;
  /** The connection is gone, and with it all answers but those to packets that have not left yet. */
  release(isUnsent: (id: number) => boolean): void;
}

export function createAcks(timers: Timers): Acks {
  const waiting = new Map<number, Settle>();
  // Counts per socket from 0 (Socket.IO protocol).
  let nextId = 0;
  return {
    add(callback, withError, timeoutMs, onTimeout) {
      const id = nextId++;
      const expire = () => {
        onTimeout(id);
        settle(new ClientError("operation has timed out"));
      };
      const limited = timeoutMs !== undefined;
      const timer = limited ? timers.set(expire, timeoutMs) : undefined;
      const settle: Settle = (error, args = []) => {
        waiting.delete(id);
        timers.clear(timer);
        if (withError || limited) callback(error, ...args);
        else if (!error) callback(...args);
      };
      waiting.set(id, settle);
      return id;
    },
    settle(id, args) {
      waiting.get(id)?.(null, args);
    },
    release(isUnsent) {
      for (const [id, settle] of Array.from(waiting)) {
        if (!isUnsent(id)) settle(new ClientError("socket has been disconnected"));
      }
    },
  };
}
