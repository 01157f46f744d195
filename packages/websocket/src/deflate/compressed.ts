import type { Work } from "../connection/extension.ts";
import { deflateNowBytesMax } from "../limits.ts";
import { deflateLater, deflateNow } from "./deflate.ts";
import type { Deflating } from "./deflate.ts";

type CompressedDone = (result: Buffer | Error) => void;

/**
 * One message, compressed on its own: at once when it is short, in a thread when it is long. Any number of connections
 * may wait for it.
 */
export class Compressed {
  /** The message as bytes, which must not change while it is compressed. */
  readonly payload: Uint8Array;
  readonly how: Deflating;
  /** Valid once it is compressed. */
  private result: Buffer | Error | undefined = undefined;
  /** The work in a thread, and those who wait for it. */
  private work: Work | undefined = undefined;
  private readonly waiting: Set<CompressedDone> = new Set();

  constructor(payload: Uint8Array, how: Deflating) {
    this.payload = payload;
    this.how = how;
    if (payload.length <= deflateNowBytesMax) this.result = deflateNow(payload, how);
  }

  /** Whether it is compressed, or cannot be. */
  get done(): boolean {
    return this.result !== undefined;
  }

  /** The compressed bytes, unless they are no fewer than the message has. */
  get shorter(): Buffer | Error | undefined {
    const { result, payload } = this;
    return result instanceof Error || (result?.length ?? Infinity) < payload.length
      ? result
      : undefined;
  }

  /** Calls back when it is `done`, which it is not yet. It is compressed only while somebody waits. */
  wait(done: CompressedDone): Work {
    this.waiting.add(done);
    this.work ??= deflateLater(this.payload, this.how, (result) => {
      this.result = result;
      this.work = undefined;
      for (const waiting of this.waiting) waiting(result);
      this.waiting.clear();
    });
    return {
      cancel: () => {
        this.waiting.delete(done);
        if (this.waiting.size > 0) return;
        this.work?.cancel();
        this.work = undefined;
      },
    };
  }
}
