import { Session } from "node:inspector";
import type { Profiler } from "node:inspector";

/** What V8 tells of one function: its ranges, the whole of it first, each with how often it ran. */
type Coverage = Profiler.FunctionCoverage;

/** Which parts of one function have run. */
interface Known {
  /** Reports that were painted already. */
  readonly reports: Set<string>;
  /** One byte for each character of its source: 1 once it ran. */
  readonly painted: Uint8Array;
}

/**
 * Counts what V8 saw running, block by block. It must be started before the code that is looked at is loaded: functions
 * that were compiled earlier have no counters.
 */
export class CodeCoverage {
  private readonly session: Session = new Session();
  private readonly wanted: (url: string) => boolean;
  private readonly functions: Map<string, Known> = new Map();

  /** `wanted` says by its URL whether a script counts. */
  constructor(wanted: (url: string) => boolean) {
    this.wanted = wanted;
  }

  start(): void {
    this.session.connect();
    this.session.post("Profiler.enable");
    this.session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  stop(): void {
    this.session.disconnect();
  }

  /** Takes what ran since the last call; whether some of it had never run before. With `keep`, it has from now on. */
  take(keep: boolean): boolean {
    let isNew = false;
    this.session.post("Profiler.takePreciseCoverage", (error, answer) => {
      if (error !== null) throw error;
      for (const script of answer.result) {
        if (!this.wanted(script.url)) continue;
        for (const each of script.functions) {
          if (this.paint(script.scriptId, each, keep)) isNew = true;
        }
      }
    });
    return isNew;
  }

  private paint(scriptId: string, { ranges }: Coverage, keep: boolean): boolean {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) return false;
    const start = whole.startOffset;
    const key = `${scriptId}:${start}:${whole.endOffset}`;
    let known = this.functions.get(key);
    if (known === undefined) {
      known = { reports: new Set(), painted: new Uint8Array(whole.endOffset - start) };
      // A function that runs for the first time is news by itself.
      if (keep) this.functions.set(key, known);
    }
    const report = ranges.map((one) => `${one.startOffset}${one.count > 0 ? "+" : "-"}`).join();
    if (known.reports.has(report)) return false;
    const ran = new Uint8Array(known.painted.length);
    for (const { startOffset, endOffset, count } of ranges) {
      ran.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start);
    }
    let isNew = false;
    for (let at = 0; at < ran.length; at++) {
      if (ran[at] === 0 || known.painted[at] === 1) continue;
      isNew = true;
      if (!keep) break;
      known.painted[at] = 1;
    }
    if (keep || !isNew) known.reports.add(report);
    return isNew;
  }
}
