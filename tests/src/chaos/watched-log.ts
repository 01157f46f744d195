// Sees what the server gives its log, and what the log says to it.
import type { Log } from "hawser";

/** The state that says up to where a session's messages are accepted. */
const accepted = /^a:(.*)$/;

/** The same log; `onAccepted` hears when an acceptance has become durable, before the server does. */
export function watched(log: Log, onAccepted: (session: string, counter: number) => void): Log {
  const commit: Log["commit"] = async (batch) => {
    const offset = await log.commit(batch);
    for (const { key, value } of batch.states) {
      const session = accepted.exec(key)?.[1];
      if (session !== undefined && value !== null) onAccepted(session, Number(value));
    }
    return offset;
  };
  return withOwn(log, { commit });
}

/** A log that does some things in another way. */
export function withOwn(log: Log, own: Partial<Log>): Log {
  return new Proxy(log, {
    get(target, name) {
      const other = (own as Record<PropertyKey, unknown>)[name];
      if (other !== undefined) return other;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
