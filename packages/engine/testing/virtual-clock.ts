import type { WheelClock } from "@hawser/websocket/internal";

/** Time that passes when the test says so. */
export class VirtualClock implements WheelClock {
  private time = 1_000_000;
  private ticking: { tick: () => void; periodMs: number; next: number } | undefined = undefined;
  private readonly jobs: (() => void)[] = [];

  /** Whether an interval is running. */
  get running(): boolean {
    return this.ticking !== undefined;
  }

  now(): number {
    return this.time;
  }

  start(tick: () => void, periodMs: number): () => void {
    const ticking = { tick, periodMs, next: this.time + periodMs };
    this.ticking = ticking;
    return () => {
      if (this.ticking === ticking) this.ticking = undefined;
    };
  }

  afterInput(job: () => void): void {
    this.jobs.push(job);
  }

  /** Lets time pass, with a tick of the interval whenever one is due. */
  advance(ms: number): void {
    const end = this.time + ms;
    while (this.ticking !== undefined && this.ticking.next <= end) {
      this.time = this.ticking.next;
      this.ticking.next += this.ticking.periodMs;
      this.ticking.tick();
      this.runJobs();
    }
    this.time = end;
  }

  /** Lets time pass in which the process does nothing at all, then one tick. */
  stall(ms: number): void {
    this.time += ms;
    if (this.ticking === undefined) return;
    this.ticking.next = this.time + this.ticking.periodMs;
    this.ticking.tick();
  }

  /** Runs what was put off until the waiting input has been handled. */
  runJobs(): void {
    for (let job = this.jobs.shift(); job !== undefined; job = this.jobs.shift()) job();
  }
}
