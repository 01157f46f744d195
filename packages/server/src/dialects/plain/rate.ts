/** So many messages a second on the average, and twice as many at once. */
export class Rate {
  private readonly perSecond: number;
  private tokens: number;
  private atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.perSecond = perSecond;
    this.tokens = 2 * perSecond;
    this.atMs = nowMs;
  }

  /** Whether one more may come. */
  take(nowMs: number): boolean {
    const { perSecond } = this;
    const gained = ((nowMs - this.atMs) / 1_000) * perSecond;
    this.tokens = Math.min(2 * perSecond, this.tokens + gained);
    this.atMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
