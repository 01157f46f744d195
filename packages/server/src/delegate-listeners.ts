import type { EventEmitter } from "node:events";

const methods = [
  "on",
  "once",
  "off",
  "addListener",
  "removeListener",
  "prependListener",
  "prependOnceListener",
  "removeAllListeners",
  "setMaxListeners",
  "getMaxListeners",
  "listeners",
  "rawListeners",
  "listenerCount",
  "eventNames",
] as const;

/** Something whose listeners are those of its namespace `/`. */
interface Delegating {
  readonly sockets: Pick<EventEmitter, (typeof methods)[number]>;
}

/** Lets the listeners of the server be those of the namespace `/`. */
export function delegateListeners(prototype: object): void {
  for (const name of methods) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value(this: Delegating, ...args: unknown[]): unknown {
        const method = this.sockets[name] as (...args: unknown[]) => unknown;
        const result = method.apply(this.sockets, args);
        return result === this.sockets ? this : result;
      },
    });
  }
}
