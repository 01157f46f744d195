export { LazyEmitter } from "./lazy-emitter.ts";
export { Outgoing } from "./outgoing.ts";
export type { FrameSink } from "./outgoing.ts";
export { TimingWheel, WheelEntry, sharedWheel } from "./timing-wheel.ts";
export type { WheelClock } from "./timing-wheel.ts";
