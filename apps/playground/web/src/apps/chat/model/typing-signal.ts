const repeatMs = 2500;
const idleMs = 4000;

/** Tells the others that I am typing: at once, then now and then, and when I stopped. Clock and timer are passed in. */
export class TypingSignal {
  readonly #tell: (on: boolean) => void;
  #toldAt: number | undefined;
  #typedAt = 0;

  constructor(tell: (on: boolean) => void) {
    this.#tell = tell;
  }

  /** A key was pressed, and there is some text. */
  typed(now: number): void {
    this.#typedAt = now;
    if (this.#toldAt !== undefined && now - this.#toldAt < repeatMs) return;
    this.#toldAt = now;
    this.#tell(true);
  }

  /** To be called about once a second. */
  tick(now: number): void {
    if (this.#toldAt !== undefined && now - this.#typedAt >= idleMs) this.stopped();
  }

  /** Sent, emptied, or gone to another room. */
  stopped(): void {
    if (this.#toldAt === undefined) return;
    this.#toldAt = undefined;
    this.#tell(false);
  }
}
