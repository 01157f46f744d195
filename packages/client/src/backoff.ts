/** How the delays between reconnection attempts grow: each is twice the one before, with jitter. */
export interface Backoff {
  /** First delay, in milliseconds. */
  reconnectionDelay: number;
  /** No delay is longer, in milliseconds. */
  reconnectionDelayMax: number;
  /** From 0 to 1: how far a delay may be from its nominal value, so that clients do not come back in step. */
  randomizationFactor: number;
  /** Delays handed out so far. */
  attempts: number;
}

/** The next delay in milliseconds, of which timers take the whole ones. */
export function nextDelay(backoff: Backoff, random: number = Math.random()): number {
  const {
    reconnectionDelay: min,
    reconnectionDelayMax: max,
    randomizationFactor: jitter,
  } = backoff;
  // 2 ** 1024 is Infinity, and 0 times that is no delay at all.
  const nominal = min * 2 ** Math.min(backoff.attempts++, 50);
  // Beyond the limit the jitter applies to the limit itself, so that late attempts stay spread as well.
  const spread = 1 + jitter * (2 * random - 1);
  return Math.min(max, Math.min(max, nominal) * spread);
}
