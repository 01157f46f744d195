import { EventEmitter } from "node:events";

/** Constructor of an emitter that is typed by a map from event names to arguments. */
export type LazyEmitterConstructor = new <
  Events extends Record<keyof Events, unknown[]>,
>() => EventEmitter<Events>;

function Lazy(): void {}
Lazy.prototype = Object.create(EventEmitter.prototype) as EventEmitter;

/**
 * An `EventEmitter` that holds nothing until somebody listens: the constructor of the original makes a dictionary per
 * instance, which ten thousand idle connections would pay for. The methods are the original's own, and
 * `instanceof EventEmitter` holds.
 */
export const LazyEmitter: LazyEmitterConstructor = Lazy as unknown as LazyEmitterConstructor;
