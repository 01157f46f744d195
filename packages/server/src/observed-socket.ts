import { callAll, without } from "./any-listeners.ts";
import { TypedEmitter } from "./typed-emitter.ts";
import type { AnyListener, AnyListeners } from "./any-listeners.ts";
import type { Middleware } from "./middleware.ts";
import type { Event, SocketReservedEventsMap } from "./socket-types.ts";
import type { EventsMap } from "./typed-events.ts";

/** The part of a socket through which all its events are seen: middlewares, and listeners of any event. */
export abstract class ObservedSocket<ListenEvents extends EventsMap> extends TypedEmitter<
  ListenEvents,
  SocketReservedEventsMap
> {
  // Made when first needed: most sockets never need them.
  protected _middlewares: Middleware<Event>[] | undefined;
  protected _anyListeners: AnyListeners;
  protected _anyOutgoingListeners: AnyListeners;

  /**
   * Adds a middleware for the client's events; `next(error)` drops the event and emits `error` here.
   * @example
   * socket.use(([event], next) => (event === "admin" ? next(new Error("not for you")) : next()));
   */
  use(middleware: (event: Event, next: (error?: Error) => void) => void): this {
    (this._middlewares ??= []).push(middleware);
    return this;
  }

  /** Adds a listener for any event of the client. */
  onAny(listener: AnyListener): this {
    this._anyListeners = [...(this._anyListeners ?? []), listener];
    return this;
  }

  /** Adds a listener for any event of the client, before the others. */
  prependAny(listener: AnyListener): this {
    this._anyListeners = [listener, ...(this._anyListeners ?? [])];
    return this;
  }

  /** Removes a listener for any event, or all of them. */
  offAny(listener?: AnyListener): this {
    this._anyListeners = without(this._anyListeners, listener);
    return this;
  }

  /** The listeners for any event. */
  listenersAny(): AnyListener[] {
    return [...(this._anyListeners ?? [])];
  }

  /** Adds a listener for any event sent to the client. */
  onAnyOutgoing(listener: AnyListener): this {
    this._anyOutgoingListeners = [...(this._anyOutgoingListeners ?? []), listener];
    return this;
  }

  /** Adds a listener for any event sent to the client, before the others. */
  prependAnyOutgoing(listener: AnyListener): this {
    this._anyOutgoingListeners = [listener, ...(this._anyOutgoingListeners ?? [])];
    return this;
  }

  /** Removes a listener for any event sent, or all of them. */
  offAnyOutgoing(listener?: AnyListener): this {
    this._anyOutgoingListeners = without(this._anyOutgoingListeners, listener);
    return this;
  }

  /** The listeners for any event sent. */
  listenersAnyOutgoing(): AnyListener[] {
    return [...(this._anyOutgoingListeners ?? [])];
  }

  /** Adapters call this for each packet of a broadcast. @internal */
  notifyOutgoingListeners(packet: { data?: unknown }): void {
    if (this._anyOutgoingListeners !== undefined) {
      callAll(this._anyOutgoingListeners, packet.data as unknown[]);
    }
  }

  /** Tells the catch-all listeners of a durable event, and gives the middlewares that come next. @internal */
  _observe(event: Event): readonly Middleware<Event>[] | undefined {
    if (this._anyListeners !== undefined) callAll(this._anyListeners, event);
    return this._middlewares;
  }
}
