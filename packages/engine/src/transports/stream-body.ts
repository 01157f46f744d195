import type { Outgoing } from "../outgoing.ts";
import type { FlushCallback } from "../transport.ts";

/** The way that the messages of a stream take. Those of one tick leave together. */
export interface StreamBody {
  /** Whether a message would leave with the next flush, with nothing before it. */
  readonly empty: boolean;
  /** About how much waits, here and in the socket. */
  readonly waiting: number;
  /** Takes a message that is not empty. */
  put(message: Outgoing): void;
  /** Calls back when what was put so far has left; not at all when it never will. */
  afterFlush(callback: FlushCallback): void;
  /** Hands over what waits here. */
  flush(): void;
  /** Drops what waits here. */
  discard(): void;
}
