import type { Log } from "../src/delivery/log.ts";

/** A log as one of several servers has it, one after another: closing it closes it for that one alone. */
export function lend(log: Log): Log {
  let isOpen = true;
  return {
    open: (retention) => log.open(retention),
    // A process that was killed writes nothing any more.
    commit: (batch) => (isOpen ? log.commit(batch) : new Promise<number>(() => {})),
    read: (query) => log.read(query),
    history: (query) => log.history(query),
    get: (key) => log.get(key),
    states: (prefix) => log.states(prefix),
    close: () => {
      isOpen = false;
      return Promise.resolve();
    },
  };
}
