import { ClientError } from "./errors.ts";
import type { Untyped } from "./events.ts";

/** An acknowledgement callback; with a time limit the error comes first. */
export type AckCallback = (...args: Untyped[]) => void;

interface Waiting {
  callback: AckCallback;
  /** Whether the callback takes an error first. Those that do not are released in silence. */
  withError: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The acknowledgements that one socket waits for. */
export class Acks {
  readonly #waiting = new Map<number, Waiting>();
  // Counts per socket from 0 (Socket.IO protocol).
  #nextId = 0;

  /** Waits for an answer, for `timeoutMs` if given; `onTimeout` hears before the callback does. */
  add(
    callback: AckCallback,
    withError: boolean,
    timeoutMs: number | undefined,
    onTimeout: (id: number) => void,
  ): number {
    const id = this.#nextId++;
    const limited = timeoutMs !== undefined;
    const timer = limited
      ? setTimeout(() => {
          this.#waiting.delete(id);
          onTimeout(id);
          callback(new ClientError("ACK_TIMEOUT"));
        }, timeoutMs)
      : undefined;
    this.#waiting.set(id, { callback, withError: withError || limited, timer });
    return id;
  }

  /** The answer is here. One that nobody waits for is ignored. */
  settle(id: number, args: readonly unknown[]): void {
    const waiting = this.#take(id);
    if (waiting?.withError) waiting.callback(null, ...args);
    else waiting?.callback(...args);
  }

  /** The connection is gone, and with it all answers but those to packets that have not left yet. */
  release(isUnsent: (id: number) => boolean): void {
    for (const id of Array.from(this.#waiting.keys())) {
      if (isUnsent(id)) continue;
      const waiting = this.#take(id);
      if (waiting?.withError) waiting.callback(new ClientError("DISCONNECTED"));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}
