/**
 * What a message carries is decided by the application at the other end, so without an event map nothing is known of
 * it. This is the one name under which `any` reaches users, as in the types they already compile against.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type Untyped = any;

/** Maps event names to the type of their listener. */
export interface EventsMap {
  [event: string]: Untyped;
}

/** The map used when none is given: every name, every argument. */
export interface DefaultEventsMap {
  [event: string]: (...args: Untyped[]) => void;
}

/** The map of no events. */
export type NoEvents = {};

/** The event names of a map. */
export type EventNames<Map extends EventsMap> = keyof Map & (string | symbol);

/** The arguments of a listener of `Ev`. */
export type EventParams<Map extends EventsMap, Ev extends EventNames<Map>> = Parameters<Map[Ev]>;

/** Names in either map. */
export type ReservedOrUserEventNames<Reserved extends EventsMap, User extends EventsMap> =
  | EventNames<Reserved>
  | EventNames<User>;

/** The listener for `Ev`; the library's own events win over the user's. */
export type ReservedOrUserListener<
  Reserved extends EventsMap,
  User extends EventsMap,
  Ev extends ReservedOrUserEventNames<Reserved, User>,
> = UntypedIfNever<
  Ev extends EventNames<Reserved> ? Reserved[Ev] : Ev extends EventNames<User> ? User[Ev] : never
>;

// A generic subclass leaves the conditional type unresolved as `never`; a loose listener is more use there.
type UntypedIfNever<T> = [T] extends [never] ? (...args: Untyped[]) => void | Promise<void> : T;

/** The last type of a tuple. */
export type Last<T extends Untyped[]> = T extends [...infer _, infer L] ? L : Untyped;

/** A tuple without its last type. */
export type AllButLast<T extends Untyped[]> = T extends [...infer H, infer _] ? H : Untyped[];

/** The type of a function's first parameter. */
export type FirstArg<T> = T extends (arg: infer P) => infer _ ? P : Untyped;

/** The type of what an acknowledgement brings: its first argument, or the one after the error of a time limit. */
export type FirstNonErrorArg<T> = T extends (...args: infer P) => infer _
  ? P extends [Error, infer Second, ...infer __]
    ? Second
    : P[0]
  : Untyped;

type PrependTimeoutError<T extends Untyped[]> = {
  [K in keyof T]: T[K] extends (...args: infer Params) => infer Result
    ? (err: Error, ...args: Params) => Result
    : T[K];
};

/**
 * The same events with an error first in every acknowledgement: what `socket.timeout(ms)` gives back, since with a
 * time limit the sender's callback has one argument more than the receiver's.
 */
export type DecorateAcknowledgements<E> = {
  [K in keyof E]: E[K] extends (...args: infer Params) => infer Result
    ? (...args: PrependTimeoutError<Params>) => Result
    : E[K];
};
