import { performance } from "node:perf_hooks";
import { limits } from "../limits.ts";
import { LoadLine } from "./load-line.ts";
import { Results } from "./results.ts";
import { Schedule } from "./schedule.ts";
import type { ClientOptions } from "@hawser/websocket";
import type { Wire } from "./wire.ts";

export interface LoadSettings {
  readonly url: URL;
  readonly protocols: string[];
  readonly client: ClientOptions;
  readonly wire: Wire;
  readonly connections: number;
  readonly durationMs: number;
  /** What is answered in this time at the beginning does not count. */
  readonly warmupMs: number;
  /** Messages a second, of all connections together; undefined: `inFlight` unanswered ones on each. */
  readonly rate: number | undefined;
  readonly inFlight: number;
}

export interface Progress {
  readonly phase: "opening" | "warming up" | "measuring";
  /** 0 to 1. */
  readonly done: number;
  readonly open: number;
  readonly results: Results;
}

const tickMs = 1;
const drainMs = 1_000;

/** A load: opens its connections, keeps them busy for a time, and says what it has measured. */
export class Load {
  readonly results: Results = new Results();
  readonly #settings: LoadSettings;
  readonly #lines: LoadLine[] = [];
  readonly #all: Set<LoadLine> = new Set();
  readonly #signal: AbortSignal;
  #turn = 0;
  #unanswered = 0;
  #isSending = false;
  #isMeasuring = false;
  #openedBy: (() => void) | undefined;
  #failed = 0;
  #phase: Progress["phase"] = "opening";
  #startMs = 0;
  #endMs = 0;
  #spentMs = 0;

  constructor(settings: LoadSettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  get open(): number {
    return this.#lines.length;
  }

  /** How long was measured, in ms. */
  get measuredMs(): number {
    return this.#spentMs;
  }

  progress(): Progress {
    const { connections } = this.#settings;
    const span = this.#endMs - this.#startMs;
    const done =
      this.#phase === "opening"
        ? this.#lines.length / connections
        : Math.min(1, (performance.now() - this.#startMs) / span);
    return { phase: this.#phase, done, open: this.#lines.length, results: this.results };
  }

  /** Opens all connections, some at a time. Resolves with how many there are. */
  async connect(): Promise<number> {
    const { connections } = this.#settings;
    let opening = 0;
    for (let made = 0; made < connections && !this.#signal.aborted; made += 1) {
      this.#make();
      opening = this.#all.size - this.#lines.length;
      // A server that refuses the first ones is not asked ten thousand times.
      if (this.#lines.length === 0 && this.#failed >= limits.openingMax) break;
      if (opening >= limits.openingMax) await this.#oneMore();
    }
    while (this.#all.size > this.#lines.length && !this.#signal.aborted) await this.#oneMore();
    return this.#lines.length;
  }

  /** Keeps them busy. */
  async run(): Promise<void> {
    const { warmupMs, durationMs } = this.#settings;
    this.#isSending = true;
    if (warmupMs > 0) await this.#span("warming up", warmupMs);
    this.#isMeasuring = true;
    await this.#span("measuring", durationMs);
    this.#isSending = false;
    await this.#drain();
    this.#isMeasuring = false;
    this.results.unanswered += this.#unanswered;
  }

  close(): void {
    this.#isSending = false;
    for (const line of this.#all) line.close();
    this.#all.clear();
  }

  #make(): void {
    const { url, protocols, client, wire } = this.#settings;
    const line = new LoadLine(url, protocols, client, wire, {
      onReady: (it) => {
        this.#lines.push(it);
        this.#openedBy?.();
      },
      onEcho: (it, intendedMs) => this.#onEcho(it, intendedMs),
      onLost: (it, reason, wasReady) => this.#onLost(it, reason, wasReady),
    });
    this.#all.add(line);
  }

  #oneMore(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#signal.removeEventListener("abort", done);
        this.#openedBy = undefined;
        resolve();
      };
      this.#openedBy = done;
      this.#signal.addEventListener("abort", done);
    });
  }

  async #span(phase: Progress["phase"], ms: number): Promise<void> {
    const { rate, inFlight } = this.#settings;
    this.#phase = phase;
    this.#startMs = performance.now();
    this.#endMs = this.#startMs + ms;
    if (rate === undefined) await this.#closedLoop(inFlight);
    else await this.#openLoop(rate);
    this.#spentMs = performance.now() - this.#startMs;
  }

  /** Each connection has so many on their way; an echo sends the next. */
  async #closedLoop(inFlight: number): Promise<void> {
    for (const line of this.#lines) {
      while (line.unanswered < inFlight && line.isReady) this.#send(line, performance.now());
    }
    await this.#until(this.#endMs);
  }

  /** Messages by the clock, from one connection after the other. */
  async #openLoop(rate: number): Promise<void> {
    const schedule = new Schedule(this.#startMs, rate);
    while (!this.#isOver()) {
      const now = Math.min(performance.now(), this.#endMs);
      for (let due = schedule.take(now); due !== undefined; due = schedule.take(now)) {
        const line = this.#lines[this.#turn % this.#lines.length];
        this.#turn += 1;
        if (line && this.#unanswered < limits.unansweredMax) this.#send(line, due);
        else if (this.#isMeasuring) this.results.notSent += 1;
      }
      await this.#until(performance.now() + tickMs);
    }
  }

  #send(line: LoadLine, intendedMs: number): void {
    this.#unanswered += 1;
    if (this.#isMeasuring) this.results.sent += 1;
    line.send(intendedMs);
  }

  #onEcho(line: LoadLine, intendedMs: number): void {
    this.#unanswered -= 1;
    const now = performance.now();
    // What was sent while warming up is no part of it.
    if (this.#isMeasuring && intendedMs >= this.#startMs) this.results.record(now - intendedMs);
    if (this.#settings.rate === undefined && this.#isSending && now < this.#endMs)
      this.#send(line, now);
  }

  #onLost(line: LoadLine, reason: string, wasReady: boolean): void {
    this.#all.delete(line);
    if (wasReady) {
      this.#lines.splice(this.#lines.indexOf(line), 1);
      this.#unanswered -= line.unanswered;
      this.results.unanswered += line.unanswered;
      this.results.lost += 1;
    } else this.#failed += 1;
    this.results.error(reason);
    this.#openedBy?.();
  }

  #isOver(): boolean {
    return this.#signal.aborted || performance.now() >= this.#endMs || this.#lines.length === 0;
  }

  /** Waits for a time, or for the end of everything. */
  async #until(timeMs: number): Promise<void> {
    do {
      const rest = Math.max(0, timeMs - performance.now());
      await new Promise<void>((resolve) => {
        setTimeout(resolve, Math.min(rest, 50));
      });
    } while (performance.now() < timeMs && !this.#isOver());
  }

  /** What is on its way at the end has a moment to come back. */
  async #drain(): Promise<void> {
    const end = performance.now() + drainMs;
    while (this.#unanswered > 0 && performance.now() < end && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  }
}
