import type { Codec } from "./codec.ts";
import type { Connect } from "./engine/line.ts";
import type { ManagerOptions } from "./options.ts";
import type { createRetryQueue } from "./retry-queue.ts";

/** What an entry of the package gives its managers: an entry that leaves something out is smaller for it. */
export interface Parts {
  readonly connect: Connect;
  readonly createCodec: (options: Partial<ManagerOptions>) => Codec;
  /** For the option `retries`. */
  readonly createRetryQueue?: typeof createRetryQueue;
}
