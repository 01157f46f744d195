import { signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";

/** What a person may have done to the line. */
export type OutageCause = "unknown" | "plug" | "kill" | "restart";

interface Loss {
  readonly sinceMs: number;
  readonly cause: OutageCause;
  /** Until the line is there again. */
  readonly backMs?: number;
  /** The most that waited here. */
  readonly waited: number;
  /** Of others, replayed. */
  readonly missed: number;
  readonly hasGap: boolean;
}

const none: Loss = { sinceMs: 0, cause: "unknown", waited: 0, missed: 0, hasGap: false };

/** One loss of the line: what waited and what was missed, and how it ended. Times are in ms, of any one clock. */
export class Outage {
  readonly #report: Signal<string> = signal("");
  #loss: Loss | undefined;
  #cause: OutageCause = "unknown";

  /** How the last loss ended, in words; empty while nothing is to be said. */
  get report(): ReadonlySignal<string> {
    return this.#report;
  }

  /** What comes next is somebody's doing. */
  expect(cause: OutageCause): void {
    this.#cause = cause;
  }

  get cause(): OutageCause {
    return this.#loss?.cause ?? this.#cause;
  }

  lost(nowMs: number): void {
    this.#report.value = "";
    // Lost again before all was well is the same loss.
    const { sinceMs, waited, missed, hasGap } = this.#loss ?? { ...none, sinceMs: nowMs };
    this.#loss = { sinceMs, waited, missed, hasGap, cause: this.#cause };
  }

  waits(count: number): void {
    this.#change({ waited: Math.max(count, this.#loss?.waited ?? 0) });
  }

  /** A message of somebody else has come. */
  heard(): void {
    this.#change({ missed: (this.#loss?.missed ?? 0) + 1 });
  }

  /** Something was missed that nobody has any more. */
  gap(): void {
    this.#change({ hasGap: true });
  }

  back(nowMs: number): void {
    this.#cause = "unknown";
    this.#change({ backMs: nowMs });
  }

  /** All that was missed is here, and all that waited has been taken. */
  settled(): void {
    if (this.#loss?.backMs === undefined) return;
    this.#report.value = reportOf(this.#loss, this.#loss.backMs);
    this.#loss = undefined;
  }

  /** It has been read. */
  dismiss(): void {
    this.#report.value = "";
  }

  #change(change: Partial<Loss>): void {
    if (this.#loss !== undefined) this.#loss = { ...this.#loss, ...change };
  }
}

function reportOf({ sinceMs, waited, missed, hasGap }: Loss, backMs: number): string {
  const seconds = ((backMs - sinceMs) / 1000).toFixed(1);
  const out = waited === 0 ? "" : ` ${counted(waited)} waited here and went out.`;
  const came = missed === 0 ? "" : ` ${counted(missed)} of others came in meanwhile.`;
  const end = hasGap
    ? " Not all of what was said meanwhile is kept any more: the history was loaded anew."
    : " Nothing was lost.";
  return `You are back online after ${seconds} s.${out}${came}${end}`;
}

export function counted(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}
