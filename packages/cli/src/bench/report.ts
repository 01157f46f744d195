import { bar, countText, picture, timeText } from "./picture.ts";
import type { Colours } from "../terminal/colours.ts";
import type { Bucket } from "./picture.ts";
import type { Progress } from "./load.ts";
import type { Results } from "./results.ts";

/** What this process has used while it measured. */
export interface OwnCost {
  /** 1 is one core. */
  readonly cpu: number;
  /** How much of its time the event loop was busy, 0 to 1. */
  readonly loop: number;
}

export interface Report {
  readonly target: string;
  readonly connections: number;
  readonly measuredMs: number;
  readonly rate: number | undefined;
  readonly inFlight: number;
  readonly results: Results;
  readonly own: OwnCost;
}

/** Beyond this the client itself is what is measured. */
const busyLoop = 0.85;
const percentiles = [50, 90, 99, 99.9] as const;

/** The figures as plain data, for `--json`. */
export function reportJson({
  target,
  connections,
  measuredMs,
  rate,
  inFlight,
  results,
  own,
}: Report): object {
  const latency = Object.fromEntries(
    percentiles.map((it) => [`p${String(it).replace(".", "")}`, results.percentile(it)]),
  );
  return {
    target,
    connections,
    ...(rate === undefined ? { inFlight } : { rate }),
    seconds: measuredMs / 1_000,
    sent: results.sent,
    answered: results.answered,
    perSecond: Math.round(results.answered / (measuredMs / 1_000)),
    latencyMs: {
      ...latency,
      max: results.max,
      from: rate === undefined ? "send" : "intended send",
    },
    unanswered: results.unanswered,
    notSent: results.notSent,
    lostConnections: results.lost,
    errors: Object.fromEntries(results.errors),
    client: { cpu: own.cpu, eventLoop: own.loop, isLimit: own.loop > busyLoop },
  };
}

/** The same for people. */
export function reportText(report: Report, c: Colours, columns: number): string {
  const { connections, measuredMs, rate, inFlight, results, own } = report;
  const seconds = measuredMs / 1_000;
  const how =
    rate === undefined
      ? `${inFlight} in flight each`
      : `${countText(rate)} messages/s by the clock`;
  const lines = [
    "",
    `${c.bold(`${countText(results.answered / seconds)} messages/s`)} there and back`,
    c.dim(`${countText(connections)} connections, ${how}, ${seconds.toFixed(1)} s`),
    "",
    `latency from ${rate === undefined ? "the send" : "the intended send"}`,
    ...percentiles.map(
      (it) => `  p${String(it).padEnd(5)} ${timeText(results.percentile(it)).padStart(9)}`,
    ),
    `  max    ${timeText(results.max).padStart(9)}`,
    "",
    ...picture(bucketsOf(results), columns).map((it) => c.cyan(it)),
    "",
  ];
  return [...lines, ...problems(report, c), ...ownLines(own, rate, c)].join("\n");
}

function problems({ results, rate }: Report, c: Colours): string[] {
  const { unanswered, notSent, lost, errors } = results;
  const lines: string[] = [];
  if (unanswered > 0) lines.push(c.red(`${countText(unanswered)} messages without an answer`));
  if (notSent > 0) {
    lines.push(
      c.red(
        `${countText(notSent)} not sent: too many unanswered; the server does not keep up with ${rate}/s`,
      ),
    );
  }
  if (lost > 0) lines.push(c.red(`${countText(lost)} connections lost`));
  for (const [text, count] of errors) lines.push(c.red(`  ${countText(count)} × ${text}`));
  return lines.length === 0 ? [c.green("no errors")] : lines;
}

function ownLines({ cpu, loop }: OwnCost, rate: number | undefined, c: Colours): string[] {
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  const lines = [
    c.dim(`this client: CPU ${percent(cpu)} of a core, event loop busy ${percent(loop)}`),
  ];
  if (loop > busyLoop) {
    lines.push(
      c.yellow("The client is the limit: run it elsewhere, or several of them, or ask for less."),
    );
  }
  if (rate === undefined) {
    lines.push(
      c.dim("A sender waits for its answers here; for what users feel at a load, give --rate."),
    );
  }
  return lines;
}

const shownBuckets = 10;

/** Ranges that double, from the fastest to the slowest. */
function bucketsOf(results: Results): Bucket[] {
  if (results.answered === 0) return [];
  const buckets: Bucket[] = [];
  const { latency } = results;
  let before = 0;
  const lowest = 2 ** Math.floor(Math.log2(Math.max(1, latency.getValueAtPercentile(0.1))));
  for (let upTo = lowest * 2; before < results.answered; upTo *= 2) {
    const isLast = buckets.length === shownBuckets - 1;
    const limit = isLast ? latency.maxValue : upTo;
    const below = Math.round(latencyShare(results, limit) * results.answered);
    buckets.push({ upTo: limit / 1_000, count: Math.max(0, below - before) });
    before = Math.max(before, below);
    if (limit >= latency.maxValue) break;
  }
  return buckets;
}

/** The share of latencies up to a number of µs, found by halving: the histogram gives values for percentiles only. */
function latencyShare({ latency }: Results, microseconds: number): number {
  if (microseconds >= latency.maxValue) return 1;
  let low = 0;
  let high = 100;
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (latency.getValueAtPercentile(middle) <= microseconds) low = middle;
    else high = middle;
  }
  return low / 100;
}

/** A line that shows how far it is. */
export function progressText({ phase, done, open, results }: Progress, columns: number): string {
  const width = Math.max(10, Math.min(24, columns - 50));
  const figures =
    phase === "measuring"
      ? `${countText(results.answered)} answers, p99 ${timeText(results.percentile(99))}`
      : `${countText(open)} connections`;
  const text = `${phase.padEnd(10)} ${bar(done, width).padEnd(width, "·")} ${String(Math.round(done * 100)).padStart(3)} %  ${figures}`;
  return text.slice(0, columns - 1);
}
