import { build } from "hdr-histogram-js";
import type { Histogram } from "hdr-histogram-js";

const highestMicroseconds = 3_600_000_000;

/** What a run has measured. */
export class Results {
  readonly latency: Histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestMicroseconds,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  sent = 0;
  answered = 0;
  /** Due, but held back because too many were unanswered already. */
  notSent = 0;
  /** Sent, and without an answer at the end. */
  unanswered = 0;
  lost = 0;
  /** By their texts. */
  readonly errors: Map<string, number> = new Map<string, number>();

  record(latencyMs: number): void {
    this.answered += 1;
    this.latency.recordValue(
      Math.max(1, Math.min(highestMicroseconds, Math.round(latencyMs * 1_000))),
    );
  }

  error(text: string): void {
    this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
  }

  /** A percentile, in ms. */
  percentile(percent: number): number {
    return this.answered === 0 ? 0 : this.latency.getValueAtPercentile(percent) / 1_000;
  }

  /** In ms. */
  get max(): number {
    return this.answered === 0 ? 0 : this.latency.maxValue / 1_000;
  }
}
