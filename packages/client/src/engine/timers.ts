/** A timer's handle, a number in browsers. */
export type Timer = ReturnType<typeof setTimeout>;

/** The timers that a connection uses. */
export interface Timers {
  set(run: () => void, delayMs: number): Timer;
  clear(timer: Timer | undefined): void;
}

// Looked up at every call: test clocks replace the globals later.
const current: Timers = {
  set: (run, delayMs) => setTimeout(run, delayMs),
  clear: (timer) => clearTimeout(timer),
};

const nativeSet = setTimeout;
const nativeClear = clearTimeout;
const native: Timers = {
  set: (run, delayMs) => nativeSet(run, delayMs),
  clear: (timer) => nativeClear(timer),
};

/** The timers that `useNativeTimers` and `autoUnref` ask for. */
export function timersFor(options: {
  useNativeTimers?: boolean | undefined;
  autoUnref?: boolean | undefined;
}): Timers {
  const timers = options.useNativeTimers ? native : current;
  if (!options.autoUnref) return timers;
  return {
    ...timers,
    set(run, delayMs) {
      const timer = timers.set(run, delayMs);
      (timer as { unref?(): void }).unref?.();
      return timer;
    },
  };
}
