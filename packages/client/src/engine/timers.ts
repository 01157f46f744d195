/** A timer's handle, a number in browsers. */
export type Timer = ReturnType<typeof setTimeout>;

/** The timers of a connection and its sockets. */
export interface Timers {
  set(run: () => void, delayMs: number): Timer;
  clear(timer: Timer | undefined): void;
}

const nativeSet = setTimeout;
const nativeClear = clearTimeout;

/** The timers that `useNativeTimers` asks for; those of `autoUnref` let the process end (Node.js). */
export function timersFor(useNativeTimers?: boolean, autoUnref?: boolean): Timers {
  // The others are looked up at every call: test clocks replace the globals later.
  return {
    set(run, delayMs) {
      const timer = (useNativeTimers ? nativeSet : setTimeout)(run, delayMs);
      if (autoUnref) (timer as { unref?(): void }).unref?.();
      return timer;
    },
    clear: (timer) => (useNativeTimers ? nativeClear : clearTimeout)(timer),
  };
}
