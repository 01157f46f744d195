export { parseQuery } from "./http/query.ts";
export { LazyEmitter } from "./lazy-emitter.ts";
export type { LazyEmitterConstructor } from "./lazy-emitter.ts";
export { Outgoing } from "./outgoing.ts";
export type { FrameSink } from "./outgoing.ts";
export { checkOptions, engineOptionNames } from "./resolve-options.ts";
export { TimingWheel, WheelEntry, sharedWheel, systemClock } from "./timing-wheel.ts";
export type { WheelClock } from "./timing-wheel.ts";
export { warnOnce } from "./warn.ts";
