import { EventEmitter } from "node:events";
import type {
  EventsMap,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
} from "./typed-events.ts";

type ListenerMethod =
  | "on"
  | "once"
  | "off"
  | "addListener"
  | "removeListener"
  | "prependListener"
  | "prependOnceListener";

/** Node's EventEmitter with typed listeners: the user's events and the reserved ones. Its heirs have an `emit` of their own. */
export interface TypedEmitter<
  ListenEvents extends EventsMap,
  ReservedEvents extends EventsMap,
> extends Omit<EventEmitter, ListenerMethod | "emit" | "listeners"> {
  on<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  once<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  off<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  addListener<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  removeListener<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  prependListener<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  prependOnceListener<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  listeners<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
  ): ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>[];
}

/** The same class as `node:events` has: only its types differ, so that it costs nothing at run time. */
export const TypedEmitter: new <
  ListenEvents extends EventsMap,
  ReservedEvents extends EventsMap,
>() => TypedEmitter<ListenEvents, ReservedEvents> = EventEmitter as never;

// oxlint-disable-next-line typescript/unbound-method -- called with the emitter as `this`
const emitNative = EventEmitter.prototype.emit;

/** Calls the local listeners of an emitter whose own `emit` sends to the other side. */
export function emitLocally(emitter: object, args: readonly unknown[]): boolean {
  const target = emitter as EventEmitter;
  const name = args[0] as string;
  switch (args.length) {
    case 1:
      return emitNative.call(target, name);
    case 2:
      return emitNative.call(target, name, args[1]);
    case 3:
      return emitNative.call(target, name, args[1], args[2]);
    default:
      return emitNative.apply(target, args as [string, ...unknown[]]);
  }
}
