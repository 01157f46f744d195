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
  protected middlewares: Middleware<Event>[] | undefined;
  protected anyListeners: AnyListeners;
  protected anyOutgoingListeners: AnyListeners;

  /**
   * Adds a middleware for the client's events; `next(error)` drops the event and emits `error` here.
   * @example
   * socket.use(([event], next) => (event === "admin" ? next(new Error("not for you")) : next()));
   */
  use(middleware: (event: Event, next: (error?: Error) => void) => void): this {
    (this.middlewares ??= []).push(middleware);
    return this;
  }

  /** Adds a listener for any event of the client. */
  onAny(listener: AnyListener): this {
    this.anyListeners = [...(this.anyListeners ?? []), listener];
    return this;
  }

  /** Adds a listener for any event of the client, before the others. */
  prependAny(listener: AnyListener): this {
    this.anyListeners = [listener, ...(this.anyListeners ?? [])];
    return this;
  }

  /** Removes a listener for any event, or all of them. */
  offAny(listener?: AnyListener): this {
    this.anyListeners = without(this.anyListeners, listener);
    return this;
  }

  /** The listeners for any event. */
  listenersAny(): AnyListener[] {
    return [...(this.anyListeners ?? [])];
  }

  /** Adds a listener for any event sent to the client. */
  onAnyOutgoing(listener: AnyListener): this {
    this.anyOutgoingListeners = [...(this.anyOutgoingListeners ?? []), listener];
    return this;
  }

  /** Adds a listener for any event sent to the client, before the others. */
  prependAnyOutgoing(listener: AnyListener): this {
    this.anyOutgoingListeners = [listener, ...(this.anyOutgoingListeners ?? [])];
    return this;
  }

  /** Removes a listener for any event sent, or all of them. */
  offAnyOutgoing(listener?: AnyListener): this {
    this.anyOutgoingListeners = without(this.anyOutgoingListeners, listener);
    return this;
  }

  /** The listeners for any event sent. */
  listenersAnyOutgoing(): AnyListener[] {
    return [...(this.anyOutgoingListeners ?? [])];
  }

  /** Adapters call this for each packet of a broadcast. @internal */
  notifyOutgoingListeners(packet: { data?: unknown }): void {
    if (this.anyOutgoingListeners !== undefined) {
      callAll(this.anyOutgoingListeners, packet.data as unknown[]);
    }
  }
}
