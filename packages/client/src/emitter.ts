import type {
  EventNames,
  EventParams,
  EventsMap,
  NoEvents,
  ReservedOrUserEventNames as Names,
  ReservedOrUserListener as Listener,
  Untyped,
} from "./events.ts";

/** A listener as it is stored; `fn` is what the user passed to `once`. */
type Stored = ((...args: Untyped[]) => unknown) & { fn?: unknown };

const none: readonly Stored[] = [];

/**
 * The small emitter that users listen on. Lists are replaced, never changed, so an emit that is under way
 * is not disturbed by listeners that come or go.
 */
export class Emitter<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap = NoEvents,
> {
  #callbacks = new Map<PropertyKey, Stored[]>();

  /** Calls `listener` for every event of that name. */
  on<Ev extends Names<ReservedEvents, ListenEvents>>(
    event: Ev,
    listener: Listener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    return this.#set(event, [...this.#get(event), listener as Stored]);
  }

  /** Calls `listener` for the next event of that name only. */
  once<Ev extends Names<ReservedEvents, ListenEvents>>(
    event: Ev,
    listener: Listener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    const once: Stored = (...args) => {
      this.off(event, once as typeof listener);
      (listener as Stored).apply(this, args);
    };
    once.fn = listener;
    return this.on(event, once as typeof listener);
  }

  /** Removes one listener; all of an event without `listener`; all of them without `event`. */
  off<Ev extends Names<ReservedEvents, ListenEvents>>(
    event?: Ev,
    listener?: Listener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    if (event === undefined) {
      this.#callbacks.clear();
      return this;
    }
    const list = this.#get(event);
    const index = list.findIndex((stored) => stored === listener || stored.fn === listener);
    return this.#set(event, listener ? list.filter((_, i) => i !== index) : []);
  }

  /** Calls the listeners of `event` in the order in which they were added. */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): this {
    return this.deliver(event, args);
  }

  /** Emits one of the library's own events. */
  protected emitReserved<Ev extends EventNames<ReservedEvents>>(
    event: Ev,
    ...args: EventParams<ReservedEvents, Ev>
  ): this {
    return this.deliver(event, args);
  }

  /** The listeners of `event`, as they were given. */
  listeners<Ev extends Names<ReservedEvents, ListenEvents>>(
    event: Ev,
  ): Listener<ReservedEvents, ListenEvents, Ev>[] {
    return this.#get(event).map((stored) => stored.fn ?? stored) as Listener<
      ReservedEvents,
      ListenEvents,
      Ev
    >[];
  }

  /** Whether `event` has a listener. */
  hasListeners(event: Names<ReservedEvents, ListenEvents>): boolean {
    return !!this.#get(event).length;
  }

  /** The same as {@link on}. */
  addEventListener<Ev extends Names<ReservedEvents, ListenEvents>>(
    event: Ev,
    listener: Listener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    return this.on(event, listener);
  }

  /** The same as {@link off}. */
  removeListener<Ev extends Names<ReservedEvents, ListenEvents>>(
    event?: Ev,
    listener?: Listener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    return this.off(event, listener);
  }

  /** The same as {@link off}. */
  removeEventListener<Ev extends Names<ReservedEvents, ListenEvents>>(
    event?: Ev,
    listener?: Listener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    return this.off(event, listener);
  }

  /** The same as {@link off} without a listener. */
  removeAllListeners(event?: Names<ReservedEvents, ListenEvents>): this {
    return this.off(event);
  }

  /** Runs the listeners here, whatever a subclass means by `emit`. */
  protected deliver(event: PropertyKey, args: readonly unknown[]): this {
    for (const listener of this.#get(event)) listener.apply(this, args as unknown[]);
    return this;
  }

  #get(event: PropertyKey): readonly Stored[] {
    return this.#callbacks.get(event) ?? none;
  }

  #set(event: PropertyKey, list: Stored[]): this {
    if (list.length) this.#callbacks.set(event, list);
    else this.#callbacks.delete(event);
    return this;
  }
}
