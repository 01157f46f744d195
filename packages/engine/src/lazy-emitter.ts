import { EventEmitter } from "node:events";

/** Constructor of an emitter that is typed by a map from event names to arguments. */
export type LazyEmitterConstructor = new <
  Events extends Record<keyof Events, unknown[]>,
>() => EventEmitter<Events>;

/** What a class on top may define to learn which events are listened to. */
interface Listening {
  onListen?(event: string | symbol): void;
}

type Listener = (...parameters: unknown[]) => void;

function Lazy(): void {}
Lazy.prototype = Object.create(EventEmitter.prototype) as EventEmitter;
Lazy.prototype.constructor = Lazy;

// All other ways to listen lead to one of these three.
for (const way of ["on", "addListener", "prependListener"] as const) {
  const add = EventEmitter.prototype[way] as (
    event: string | symbol,
    listener: Listener,
  ) => EventEmitter;
  Lazy.prototype[way] = function listen(
    this: EventEmitter & Listening,
    event: string | symbol,
    listener: Listener,
  ) {
    this.onListen?.(event);
    return add.call(this, event, listener);
  };
}

/**
 * An `EventEmitter` that holds nothing until somebody listens: the constructor of the original makes a dictionary per
 * instance, which ten thousand idle connections would pay for. The methods are the original's own, and
 * `instanceof EventEmitter` holds. A class that defines `onListen(event)` learns of every listener that is added.
 */
export const LazyEmitter: LazyEmitterConstructor = Lazy as unknown as LazyEmitterConstructor;
