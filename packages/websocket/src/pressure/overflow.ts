import type { SendBound } from "./options.ts";

/** What becomes of a message. */
export type Verdict = "send" | "drop" | "close";

/** What a connection has to remember once more was sent than its bound allows. Made only then. */
export class Overflow {
  /** Messages that were dropped. */
  dropped = 0;
  /** Whether listeners are about to be told of it. */
  telling = false;
  /** Whether the beginning of a message was dropped, so that the rest of it must be. */
  private dropping = false;
  /** What the kernel had taken when it was looked at last, and since when it has taken nothing. */
  private taken: number | undefined = undefined;
  private since = 0;

  /**
   * What becomes of a frame beyond the bound.
   *
   * @param taken What the kernel has taken of the line so far; undefined when the socket does not count it.
   * @param begun Whether the beginning of its message was sent: then it cannot be dropped any more.
   */
  judge(taken: number | undefined, bound: SendBound, begun: boolean, now: number): Verdict {
    if (bound.patienceMs > 0 && !this.isStuck(taken ?? 0, bound, now)) return "send";
    return bound.policy === "close" || begun ? "close" : "drop";
  }

  /** Counts a message that is dropped. `fin`: whether this is all of it. */
  drop(fin: boolean): void {
    this.dropped++;
    this.dropping = !fin;
  }

  /** Whether a frame belongs to a message whose beginning was dropped. */
  dropsRest(fin: boolean): boolean {
    if (!this.dropping) return false;
    this.dropping = !fin;
    return true;
  }

  private isStuck(taken: number, bound: SendBound, now: number): boolean {
    if (taken !== this.taken) {
      this.taken = taken;
      this.since = now;
    }
    return now - this.since >= bound.patienceMs;
  }
}
