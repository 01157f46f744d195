/* oxlint-disable typescript/no-explicit-any -- listeners of any event take any arguments */

/** A listener that hears every event: its name, then its arguments. */
export type AnyListener = (...args: any[]) => void;

/** A list of catch-all listeners; the list that is being called is never changed under the caller. */
export type AnyListeners = readonly AnyListener[] | undefined;

/** The list without a listener, or undefined when nobody is left; without a listener, nobody is left. */
export function without(listeners: AnyListeners, listener: AnyListener | undefined): AnyListeners {
  if (listeners === undefined || listener === undefined) return undefined;
  const at = listeners.indexOf(listener);
  if (at === -1) return listeners;
  const rest = listeners.toSpliced(at, 1);
  return rest.length === 0 ? undefined : rest;
}

/** Calls each listener with the event. */
export function callAll(listeners: readonly AnyListener[], event: readonly unknown[]): void {
  for (const listener of listeners) listener(...event);
}
