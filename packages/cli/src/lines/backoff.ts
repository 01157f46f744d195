import { limits } from "../limits.ts";

/** Delays that double, with half of each left to chance, so that many clients do not come back at once. */
export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** How long to wait now, in ms. */
  next(): number {
    const delay = Math.min(limits.firstDelayMs * 2 ** this.#attempts, limits.delayMsMax);
    this.#attempts += 1;
    return Math.round(delay * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
