import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Acceptance } from "./acceptance.ts";
import type { Result } from "./acceptance.ts";

const limits = { inFlightMax: 4, resultsMax: 6, resultsBytesMax: 1_000 };

/** What may happen; a fraction chooses among what is possible. */
type Step =
  | "send"
  | "resend"
  | "settle"
  | "saved"
  | "saveFails"
  | "giveBack"
  | "line breaks"
  | "killed"
  | "skip ahead";
const steps = fc.array(
  fc.constantFrom<Step>(
    "send",
    "send",
    "resend",
    "settle",
    "settle",
    "saved",
    "saved",
    "saveFails",
    "giveBack",
    "line breaks",
    "killed",
    "skip ahead",
  ),
  { minLength: 20, maxLength: 150, size: "max" },
);

/** A client's outbox and a server with a log, around one acceptance; time is the order of the steps. */
class World {
  /** What the log knows. */
  durable: { settled: number; results: Map<number, Result> } = { settled: 0, results: new Map() };
  acceptance = new Acceptance<number>(0, limits, false);
  /** By message: how often a handler was started, and whether a kill may excuse the second time. */
  readonly started = new Map<number, number>();
  readonly excused = new Set<number>();
  readonly answers = new Map<number, string[]>();
  readonly order: number[] = [];
  /** Answers that the log has refused. */
  private readonly lost = new Set<number>();
  private readonly saving: { counter: number; result: Result; forgotten: number[] }[] = [];
  private running: number | undefined;
  /** The next message that was never sent, and those that have no answer yet. */
  private next = 1;
  private readonly unanswered = new Set<number>();
  private runs = 0;

  do(step: Step): void {
    switch (step) {
      case "send":
        if (this.unanswered.size < limits.inFlightMax) this.offer(this.next, false);
        break;
      case "resend":
        for (const counter of this.unanswered) this.offer(counter, true);
        break;
      case "skip ahead":
        // Out of order: it must change nothing.
        expect(this.acceptance.offer(this.next + 5, false, this.next + 5).kind).toBe("outOfOrder");
        break;
      case "settle":
        this.settle();
        break;
      case "saved":
        this.save(true);
        break;
      case "saveFails":
        this.save(false);
        break;
      case "giveBack":
        this.acceptance.giveBack();
        this.running = undefined;
        break;
      case "line breaks":
        this.acceptance.disconnect();
        break;
      case "killed":
        this.kill();
        break;
    }
    this.start();
  }

  /** The client comes until it has all its answers. */
  finish(): void {
    for (let turn = 0; turn < 200 && this.unanswered.size > 0; turn++) {
      for (const step of ["resend", "settle", "saved"] as const) this.do(step);
    }
    expect(this.unanswered.size).toBe(0);
  }

  private offer(counter: number, sentBefore: boolean): void {
    if (counter === this.next) {
      this.next++;
      this.unanswered.add(counter);
    }
    const offer = this.acceptance.offer(counter, sentBefore, counter);
    if (offer.kind === "known") this.answered(counter, offer.result.text);
    else if (offer.kind === "unsaved") {
      this.saving.push({ counter, result: offer.result, forgotten: [] });
    } else if (offer.kind === "forgotten") {
      // True, though late: it was handled, and the log refused its answer before the process was killed.
      expect(this.lost.has(counter), `the answer to ${counter} was forgotten`).toBe(true);
      this.unanswered.delete(counter);
    }
  }

  private start(): void {
    const message = this.acceptance.next();
    if (message === undefined) return;
    expect(this.running).toBeUndefined();
    this.running = message.counter;
    const before = this.started.get(message.counter) ?? 0;
    if (before > 0 && !message.redelivered) {
      expect(this.excused.has(message.counter), `${message.counter} again, unmarked`).toBe(true);
    }
    this.excused.delete(message.counter);
    this.started.set(message.counter, before + 1);
    this.order.push(message.counter);
  }

  private settle(): void {
    if (this.running === undefined) return;
    const result: Result = { text: `[0,${this.runs++}]`, attachments: [] };
    const { counter, forgotten } = this.acceptance.settle(result);
    expect(counter).toBe(this.running);
    this.running = undefined;
    this.saving.push({ counter, result, forgotten });
  }

  private save(done: boolean): void {
    const first = this.saving.shift();
    if (first === undefined) return;
    if (!done) this.lost.add(first.counter);
    if (done) {
      this.durable.settled = Math.max(this.durable.settled, first.counter);
      this.durable.results.set(first.counter, first.result);
      for (const old of first.forgotten) this.durable.results.delete(old);
    }
    const saved = this.acceptance.saved(first.counter, done);
    if (done && saved?.call !== undefined) this.answered(saved.call, saved.result.text);
  }

  private kill(): void {
    const { settled, results } = this.durable;
    this.saving.length = 0;
    this.running = undefined;
    this.acceptance = new Acceptance<number>(settled, limits, true);
    for (const [counter, result] of [...results].toSorted(([a], [b]) => a - b)) {
      this.acceptance.restore(counter, result);
    }
  }

  private answered(counter: number, text: string): void {
    const all = this.answers.get(counter) ?? [];
    all.push(text);
    this.answers.set(counter, all);
    this.unanswered.delete(counter);
  }
}

describe("Acceptance, whatever happens", () => {
  it("handles each message, once and in order, but for those that a kill has interrupted", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = new World();
        for (const step of all) {
          // What the application gives back, it has asked for itself.
          if (step === "giveBack") for (const n of world.started.keys()) world.excused.add(n);
          world.do(step);
        }
        world.finish();
        const kills = all.filter((step) => step === "killed").length;
        const gaveBack = all.includes("giveBack");
        for (const [counter, times] of world.started) {
          if (kills === 0 && !gaveBack) expect(times, `handlers of ${counter}`).toBe(1);
        }
        // Every answer that was given to a message is the same one.
        for (const [counter, texts] of world.answers) {
          expect(new Set(texts).size, `answers to ${counter}`).toBe(1);
        }
        // First starts are in order and without gaps.
        const firsts = [...new Set(world.order)];
        expect(firsts).toEqual(firsts.map((_n, at) => at + 1));
      }),
      { numRuns: 500 },
    );
  });
});
