/** Times for people, from ms: `0.21 ms`, `12.4 ms`, `1.20 s`. */
export function timeText(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return `${ms.toFixed(ms >= 10 ? 1 : 2)} ms`;
}

/** `12,345`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

const eighths = " ▏▎▍▌▋▊▉█";

/** A bar of a share (0 to 1) in a width of characters, in eighths. */
export function bar(share: number, width: number): string {
  const units = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(units / 8)) + (units % 8 === 0 ? "" : eighths[units % 8]!);
}

/** One range of latencies. */
export interface Bucket {
  /** Up to and with, in ms. */
  readonly upTo: number;
  readonly count: number;
}

/** The lines of a picture: one bar for each range, as wide as there is room. */
export function picture(buckets: readonly Bucket[], columns: number): string[] {
  const total = buckets.reduce((sum, it) => sum + it.count, 0);
  const most = Math.max(1, ...buckets.map((it) => it.count));
  const width = Math.max(8, Math.min(50, columns - 30));
  return buckets.map(({ upTo, count }) => {
    const percent = total === 0 ? 0 : (count / total) * 100;
    const share = `${percent.toFixed(percent < 10 ? 1 : 0)} %`.padStart(7);
    return `  ≤ ${timeText(upTo).padStart(8)} ${share}  ${bar(count / most, width)}`.trimEnd();
  });
}
