// Mistakes on purpose, made where a log hands over what it has: the checker must find each.
import { withOwn } from "./watched-log.ts";
import type { Log } from "hawser";
import type { Bug } from "./world.ts";

/** How often a page is skipped. */
const oneIn = 5;
/** How much later than it says it writes. */
const lateMs = 300;

const makers: Record<Bug, (log: Log) => Partial<Log>> = {
  "skips a page": (log) => {
    let pages = 0;
    return {
      async read(query) {
        const page = await log.read(query);
        pages++;
        return page.records.length > 0 && pages % oneIn === 0 ? { ...page, records: [] } : page;
      },
    };
  },
  // The states that name what a session has accepted.
  "forgets what it accepted": (log) => ({
    commit: (batch) =>
      log.commit({ ...batch, states: batch.states.filter(({ key }) => !/^[ar]:/.test(key)) }),
  }),
  // It says that something is durable before it is: what a kill takes of that comes again under the same offsets.
  "keeps its epoch": (log) => {
    let last = 0;
    return {
      async open(retention) {
        const opened = await log.open(retention);
        last = opened.last;
        return opened;
      },
      commit(batch) {
        const first = last + 1;
        last += batch.entries.length;
        setTimeout(() => void log.commit(batch), lateMs);
        return Promise.resolve(first);
      },
    };
  },
};

/** The same log with a mistake in it. */
export function withBug(log: Log, bug: Bug): Log {
  return withOwn(log, makers[bug](log));
}
