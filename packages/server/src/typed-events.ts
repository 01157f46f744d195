/* oxlint-disable typescript/no-explicit-any -- event maps are written by users; `any` is their default, as in Socket.IO */
/** The typing of events: maps of listeners, and what acknowledgements become under `timeout` and broadcast. */

/** Any map from event names to listener signatures. */
export interface EventsMap {
  [event: string]: any;
}

/** The map used when none is given: every event, any arguments. */
export interface DefaultEventsMap {
  [event: string]: (...args: any[]) => void;
}

export type EventNames<Map extends EventsMap> = keyof Map & (string | symbol);
export type EventParams<Map extends EventsMap, Ev extends EventNames<Map>> = Parameters<Map[Ev]>;

type IsAny<T> = 0 extends 1 & T ? true : false;
type AnyFunction = (...args: any[]) => any;

/** The last element of a tuple type. */
export type Last<T extends readonly unknown[]> = T extends readonly [...infer _, infer L]
  ? L
  : T extends readonly (infer E)[]
    ? E
    : never;

/** A tuple type without its last element. */
export type AllButLast<T extends readonly any[]> = T extends readonly [...infer Head, any]
  ? Head
  : any[];

type LastParameter<F> = F extends (...args: infer P) => any ? Last<P> : never;

type HasAck<F> =
  IsAny<F> extends true
    ? true
    : IsAny<LastParameter<F>> extends true
      ? true
      : [LastParameter<F>] extends [never]
        ? false
        : LastParameter<F> extends AnyFunction
          ? true
          : false;

type TakesAnything<F> =
  IsAny<F> extends true ? true : IsAny<LastParameter<F>> extends true ? true : false;

/** The events whose last argument is an acknowledgement. */
export type EventNamesWithAck<Map extends EventsMap> = {
  [K in EventNames<Map>]: HasAck<Map[K]> extends true ? K : never;
}[EventNames<Map>];

/** The events without acknowledgement, and those whose arguments are not known. */
export type EventNamesWithoutAck<Map extends EventsMap> = {
  [K in EventNames<Map>]: TakesAnything<Map[K]> extends true
    ? K
    : HasAck<Map[K]> extends true
      ? never
      : K;
}[EventNames<Map>];

/** The events whose acknowledgement takes an error first, as after `timeout()`. */
export type EventNamesWithError<Map extends EventsMap> = {
  [K in EventNames<Map>]: TakesAnything<Map[K]> extends true
    ? K
    : LastParameter<Map[K]> extends (error: infer E, ...rest: any[]) => any
      ? E extends Error
        ? K
        : never
      : never;
}[EventNames<Map>];

/** What an `emitWithAck` promise resolves to: the first argument of the acknowledgement that is not its error. */
export type FirstNonErrorArg<Ack> = Ack extends (...args: infer P) => any
  ? P[0] extends Error
    ? P[1]
    : P[0]
  : any;

export type ReservedOrUserEventNames<Reserved extends EventsMap, User extends EventsMap> =
  | EventNames<Reserved>
  | EventNames<User>;

/** The listener of an event; reserved events win over the user's, and unknown ones take anything. */
export type ReservedOrUserListener<
  Reserved extends EventsMap,
  User extends EventsMap,
  Ev extends ReservedOrUserEventNames<Reserved, User>,
> = OrUntyped<
  Ev extends EventNames<Reserved> ? Reserved[Ev] : Ev extends EventNames<User> ? User[Ev] : never
>;
type OrUntyped<T> = [T] extends [never] ? (...args: any[]) => void | Promise<void> : T;

type WithError<P extends readonly any[]> = {
  [K in keyof P]: P[K] extends (...args: infer A) => infer R
    ? A[0] extends Error
      ? P[K]
      : (error: Error, ...args: A) => R
    : P[K];
};

type ArrayOfEach<T extends readonly unknown[]> = { [K in keyof T]: T[K][] };
type HeadLabelled<T extends readonly any[]> = T extends [any, ...infer R]
  ? T extends [...infer H, ...R]
    ? H
    : never
  : never;

type WithResponses<P extends readonly any[]> = {
  [K in keyof P]: P[K] extends (...args: infer A) => infer R
    ? A extends [Error]
      ? (error: Error) => R
      : A extends [Error, ...infer Rest]
        ? (error: Error, ...responses: HeadLabelled<ArrayOfEach<Rest>>) => R
        : A extends []
          ? () => R
          : (...responses: HeadLabelled<ArrayOfEach<A>>) => R
    : P[K];
};

/** After `timeout()`: acknowledgements take an error first. */
export type DecorateAcknowledgements<Map> = {
  [K in keyof Map]: Map[K] extends (...args: infer P) => infer R
    ? (...args: WithError<P>) => R
    : Map[K];
};

/** Of a broadcast: the acknowledgement takes the list of responses. */
export type DecorateAcknowledgementsWithMultipleResponses<Map> = {
  [K in keyof Map]: Map[K] extends (...args: infer P) => infer R
    ? (...args: WithResponses<P>) => R
    : Map[K];
};

/** Of `serverSideEmit`: an error first, then the list of responses. */
export type DecorateAcknowledgementsWithTimeoutAndMultipleResponses<Map> = {
  [K in keyof Map]: Map[K] extends (...args: infer P) => infer R
    ? (...args: WithResponses<WithError<P>>) => R
    : Map[K];
};

/** Whatever can emit typed events to clients. */
export interface TypedEventBroadcaster<EmitEvents extends EventsMap> {
  emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): boolean;
}
