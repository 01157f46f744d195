import { Emitter } from "./emitter.ts";
import type { EventsMap, Untyped } from "./events.ts";

/** A listener for all events: the name comes first. */
export type AnyListener = (...args: Untyped[]) => void;

/** Listeners that hear every event, incoming or outgoing. */
export class CatchAll<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap,
> extends Emitter<ListenEvents, EmitEvents, ReservedEvents> {
  readonly #incoming: AnyListener[] = [];
  readonly #outgoing: AnyListener[] = [];

  /** Calls `listener` with the name and the arguments of every event received. */
  onAny(listener: AnyListener): this {
    this.#incoming.push(listener);
    return this;
  }

  /** The same, ahead of those that are there already. */
  prependAny(listener: AnyListener): this {
    this.#incoming.unshift(listener);
    return this;
  }

  /** Removes one of these listeners, or all of them. */
  offAny(listener?: AnyListener): this {
    return this.#remove(this.#incoming, listener);
  }

  /** These listeners; the array may be changed. */
  listenersAny(): AnyListener[] {
    return this.#incoming;
  }

  /** Calls `listener` with the name and the arguments of every event sent; acknowledgements are not events. */
  onAnyOutgoing(listener: AnyListener): this {
    this.#outgoing.push(listener);
    return this;
  }

  /** The same, ahead of those that are there already. */
  prependAnyOutgoing(listener: AnyListener): this {
    this.#outgoing.unshift(listener);
    return this;
  }

  /** Removes one of these listeners, or all of them. */
  offAnyOutgoing(listener?: AnyListener): this {
    return this.#remove(this.#outgoing, listener);
  }

  /** These listeners; the array may be changed. */
  listenersAnyOutgoing(): AnyListener[] {
    return this.#outgoing;
  }

  protected tell(listeners: readonly AnyListener[], args: readonly unknown[]): void {
    if (!listeners.length) return;
    // A copy: listeners may remove themselves.
    for (const listener of listeners.slice()) listener.apply(this, args as unknown[]);
  }

  #remove(listeners: AnyListener[], listener: AnyListener | undefined): this {
    const index = listener ? listeners.indexOf(listener) : 0;
    if (index >= 0) listeners.splice(index, listener ? 1 : listeners.length);
    return this;
  }
}
