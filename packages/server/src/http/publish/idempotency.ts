import { Problem } from "./problem.ts";
import type { PublishLimits } from "./limits.ts";

/** An answer, ready to be sent. */
export interface Answer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
  /** What it is made of, when it is a refusal. */
  readonly problem?: Problem;
}

interface Running {
  readonly fingerprint: string;
  readonly answer: Promise<Answer>;
  waiters: number;
}

interface Kept {
  readonly fingerprint: string;
  readonly answer: Answer;
  readonly bytes: number;
  readonly endsMs: number;
}

/** What a kept answer costs besides its texts. */
const overheadBytes = 256;

/**
 * Gives a request that comes again the answer of the first one. Only what was done is kept: what was refused has
 * changed nothing, and may come again in a better form.
 */
export class IdempotencyStore {
  private readonly limits: PublishLimits;
  private readonly now: () => number;
  private readonly running: Map<string, Running> = new Map();
  /** In the order of their ends. */
  private readonly kept: Map<string, Kept> = new Map();
  private bytes = 0;

  constructor(limits: PublishLimits, now: () => number = Date.now) {
    this.limits = limits;
    this.now = now;
  }

  /** Answers that are kept. */
  get size(): number {
    return this.kept.size;
  }

  /**
   * Does something once for each name.
   * @param name the API key and its `Idempotency-Key`
   * @param fingerprint what the request is; another one under the same name is refused
   * @param act must not reject
   * @throws Problem `IDEMPOTENCY_MISMATCH` or `IDEMPOTENCY_BUSY`
   */
  once(
    name: string,
    fingerprint: string,
    act: () => Promise<Answer>,
  ): { readonly answer: Promise<Answer>; readonly replayed: boolean } {
    this.expire();
    const known = this.kept.get(name) ?? this.running.get(name);
    if (known !== undefined && known.fingerprint !== fingerprint) {
      throw new Problem("IDEMPOTENCY_MISMATCH");
    }
    const kept = this.kept.get(name);
    if (kept !== undefined) return { answer: Promise.resolve(kept.answer), replayed: true };
    const running = this.running.get(name);
    if (running === undefined)
      return { answer: this.start(name, fingerprint, act), replayed: false };
    if (running.waiters >= this.limits.idempotencyWaitersMax) throw busy();
    running.waiters++;
    return { answer: running.answer, replayed: true };
  }

  private start(name: string, fingerprint: string, act: () => Promise<Answer>): Promise<Answer> {
    if (this.running.size >= this.limits.idempotencyCountMax) throw busy();
    const answer = act().then((it) => {
      this.running.delete(name);
      if (it.status < 300) this.keep(name, fingerprint, it);
      return it;
    });
    this.running.set(name, { fingerprint, answer, waiters: 0 });
    return answer;
  }

  private keep(name: string, fingerprint: string, answer: Answer): void {
    const { idempotencyMs, idempotencyCountMax, idempotencyBytesMax } = this.limits;
    const bytes = (name.length + answer.body.length) * 2 + overheadBytes;
    this.kept.set(name, { fingerprint, answer, bytes, endsMs: this.now() + idempotencyMs });
    this.bytes += bytes;
    for (const [oldest, it] of this.kept) {
      if (this.kept.size <= idempotencyCountMax && this.bytes <= idempotencyBytesMax) return;
      this.forget(oldest, it);
    }
  }

  private expire(): void {
    const nowMs = this.now();
    for (const [name, it] of this.kept) {
      if (it.endsMs > nowMs) return;
      this.forget(name, it);
    }
  }

  private forget(name: string, { bytes }: Kept): void {
    this.kept.delete(name);
    this.bytes -= bytes;
  }
}

function busy(): Problem {
  return new Problem("IDEMPOTENCY_BUSY", { retryAfterMs: 1_000 });
}
