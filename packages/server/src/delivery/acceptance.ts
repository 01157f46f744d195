/** The answer to a durable message: the arguments of the acknowledgement as they go out. */
export interface Result {
  readonly text: string;
  readonly attachments: readonly Uint8Array[];
}

/** A message of the client that waits, or is being handled. */
export interface Accepting<Call> {
  readonly counter: number;
  /** Whether a process that is no more may have begun to handle it. */
  readonly redelivered: boolean;
  /** What to answer to; absent once the line that it came on has gone. */
  call: Call | undefined;
}

/** What becomes of a message that has come. */
export type Offer =
  /** It waits, or is being handled: its answer goes to the newest call. */
  | { readonly kind: "taken" }
  /** It was handled before, and this is the answer. */
  | { readonly kind: "known"; readonly result: Result }
  /** It was handled before, but whether that is in the log is not known: to be saved again. */
  | { readonly kind: "unsaved"; readonly result: Result }
  | { readonly kind: "forgotten" }
  | { readonly kind: "overloaded" }
  | { readonly kind: "outOfOrder" };

type Saving = "saving" | "saved" | "failed";

interface KeptResult<Call> {
  readonly result: Result;
  readonly bytes: number;
  saving: Saving;
  /** Who waits for it to be saved. */
  call: Call | undefined;
}

/** Bounds of one session's acceptance. */
export interface AcceptanceLimits {
  /** Messages that wait or are being handled. */
  readonly inFlightMax: number;
  /** Answers that are remembered. */
  readonly resultsMax: number;
  /** What they may hold, in UTF-16 units and bytes. */
  readonly resultsBytesMax: number;
}

/**
 * Which messages of a client's outbox have been accepted. Each has a number, without gaps; each is handled once, in
 * their order, the next after the one before has settled, and a retry is given the original answer.
 *
 * Without I/O and without a clock: the caller runs what {@link next} gives it, and tells how it ended.
 */
export class Acceptance<Call> {
  /** This message and all before it have settled. */
  settled: number;
  private readonly limits: AcceptanceLimits;
  private waiting: Accepting<Call>[] = [];
  private running: Accepting<Call> | undefined = undefined;
  private readonly results: Map<number, KeptResult<Call>> = new Map();
  private resultsBytes = 0;
  /** Messages up to this one may have been begun by another process. */
  private doubtfulUpTo: number;

  /** @param loaded whether the session comes from the log, and not from this process */
  constructor(settled: number, limits: AcceptanceLimits, loaded: boolean) {
    this.settled = settled;
    this.limits = limits;
    this.doubtfulUpTo = loaded ? settled + limits.inFlightMax + 1 : 0;
  }

  /** Nothing is being handled, waits, or is on its way into the log. */
  get idle(): boolean {
    if (this.running !== undefined || this.waiting.length > 0) return false;
    for (const kept of this.results.values()) if (kept.saving !== "saved") return false;
    return true;
  }

  /** Puts back what the log knows. */
  restore(counter: number, result: Result): void {
    this.keep(counter, result, "saved", undefined);
  }

  /** A message has come. */
  offer(counter: number, sentBefore: boolean, call: Call): Offer {
    if (counter <= this.settled) return this.answerAgain(counter, call);
    const first = this.settled + 1;
    if (this.running?.counter === counter) {
      this.running.call = call;
      return { kind: "taken" };
    }
    const expected = first + this.waiting.length + (this.running === undefined ? 0 : 1);
    if (counter > expected) return { kind: "outOfOrder" };
    if (counter < expected) {
      this.waiting[counter - expected + this.waiting.length]!.call = call;
      return { kind: "taken" };
    }
    if (this.waiting.length >= this.limits.inFlightMax) return { kind: "overloaded" };
    // The client sends in order: what comes after one that is new has not been sent to anyone before.
    if (!sentBefore) this.doubtfulUpTo = Math.min(this.doubtfulUpTo, counter - 1);
    const redelivered = sentBefore && counter <= this.doubtfulUpTo;
    this.waiting.push({ counter, redelivered, call });
    return { kind: "taken" };
  }

  /** The message to be handled now; undefined while another one is, or when there is none. */
  next(): Accepting<Call> | undefined {
    if (this.running !== undefined) return undefined;
    this.running = this.waiting.shift();
    return this.running;
  }

  /** The message that was being handled has its answer; it goes out once that is {@link saved}. */
  settle(result: Result): { counter: number; forgotten: number[] } {
    const { counter, call } = this.running!;
    this.running = undefined;
    this.settled = counter;
    this.keep(counter, result, "saving", call);
    return { counter, forgotten: this.trim() };
  }

  /** The message that was being handled is to come again, and so are all behind it. */
  giveBack(): Accepting<Call>[] {
    const given = this.running === undefined ? this.waiting : [this.running, ...this.waiting];
    this.running = undefined;
    this.waiting = [];
    return given;
  }

  /** An answer is in the log, or is not. Returns who waits for it. */
  saved(counter: number, done: boolean): { result: Result; call: Call | undefined } | undefined {
    const kept = this.results.get(counter);
    if (kept === undefined) return undefined;
    kept.saving = done ? "saved" : "failed";
    const { result, call } = kept;
    kept.call = undefined;
    return { result, call };
  }

  /** The client needs no answers below this number any more. Returns those that were kept. */
  forgetBelow(counter: number): number[] {
    const forgotten: number[] = [];
    for (const kept of this.results.keys()) {
      if (kept >= counter) break;
      forgotten.push(kept);
    }
    for (const old of forgotten) this.drop(old);
    return forgotten;
  }

  /** Its client says that all below this number has settled; it knows better when the log has lost something. */
  skipTo(counter: number): void {
    if (this.running === undefined && this.waiting.length === 0) {
      this.settled = Math.max(this.settled, counter - 1);
    }
  }

  /** The line has gone: what has not been begun comes again. */
  disconnect(): void {
    this.waiting = [];
    if (this.running !== undefined) this.running.call = undefined;
    for (const kept of this.results.values()) kept.call = undefined;
  }

  private answerAgain(counter: number, call: Call): Offer {
    const kept = this.results.get(counter);
    if (kept === undefined) return { kind: "forgotten" };
    if (kept.saving === "saved") return { kind: "known", result: kept.result };
    kept.call = call;
    if (kept.saving === "saving") return { kind: "taken" };
    kept.saving = "saving";
    return { kind: "unsaved", result: kept.result };
  }

  private keep(counter: number, result: Result, saving: Saving, call: Call | undefined): void {
    let bytes = result.text.length;
    for (const attachment of result.attachments) bytes += attachment.byteLength;
    this.results.set(counter, { result, bytes, saving, call });
    this.resultsBytes += bytes;
  }

  /** Lets go of the oldest answers beyond the bounds, but of none that is still on its way. */
  private trim(): number[] {
    const forgotten: number[] = [];
    for (const [counter, kept] of this.results) {
      const { resultsMax, resultsBytesMax } = this.limits;
      if (this.results.size <= resultsMax && this.resultsBytes <= resultsBytesMax) break;
      if (kept.saving !== "saved") break;
      this.drop(counter);
      forgotten.push(counter);
    }
    return forgotten;
  }

  private drop(counter: number): void {
    const kept = this.results.get(counter);
    if (kept === undefined) return;
    this.resultsBytes -= kept.bytes;
    this.results.delete(counter);
  }
}
