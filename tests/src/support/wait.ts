// Waiting for things to happen, always bounded, never for time to pass.

export const waitMs = 10_000;

export interface Listenable {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** Rejects when `promise` has not settled in time, saying what was awaited. */
export function within<T>(what: string, promise: Promise<T>, ms: number = waitMs): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${ms} ms: ${what}`)), ms);
  });
  const outcome = Promise.race([promise, late]).finally(() => clearTimeout(timer));
  // A test that fails before it comes to await this has failed already: no second complaint.
  outcome.catch(() => undefined);
  return outcome;
}

/** The arguments of the next `event`. */
export function next<T extends unknown[] = unknown[]>(
  emitter: object,
  event: string,
  ms: number = waitMs,
): Promise<T> {
  const listenable = emitter as Listenable;
  const happened = new Promise<T>((resolve) => {
    const listener = (...args: unknown[]): void => {
      listenable.off(event, listener);
      resolve(args as T);
    };
    listenable.on(event, listener);
  });
  return within(`"${event}"`, happened, ms);
}

/** The first arguments of the next `count` events of that name, in order. */
export function collect<T = unknown>(emitter: object, event: string, count: number): Promise<T[]> {
  const listenable = emitter as Listenable;
  const seen: T[] = [];
  let listener: (...args: unknown[]) => void;
  const happened = new Promise<T[]>((resolve) => {
    listener = (first) => {
      seen.push(first as T);
      if (seen.length === count) resolve(seen);
    };
    listenable.on(event, listener);
  });
  return within(`${count} times "${event}"`, happened).finally(() =>
    listenable.off(event, listener),
  );
}

/** Polls until `condition` holds; for state that announces itself by no event. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms: number = waitMs,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
