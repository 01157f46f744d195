import type {
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Untyped,
} from "../events.ts";
import type { Socket } from "../socket.ts";
import type { Delivery } from "./delivery.ts";
import type { OutboxView } from "./outbox-view.ts";

type Callback = (...args: Untyped[]) => Untyped;

/** The arguments of an event without its acknowledgement. */
export type DurableParams<P extends Untyped[]> = P extends [...infer Head, infer L]
  ? L extends Callback
    ? Head
    : P
  : P;

/** What the acknowledgement of an event brings; nothing for an event that has none. */
export type DurableAnswer<P extends Untyped[]> = P extends [...infer _, infer L]
  ? L extends Callback
    ? FirstNonErrorArg<L>
    : undefined
  : Untyped;

/** Sends messages that survive lost lines and reloads: `socket.durable`. */
export interface DurableEmitter<EmitEvents extends EventsMap = DefaultEventsMap> {
  /**
   * Puts a message into the outbox, from where it is sent, in order, until the server has accepted it.
   *
   * @returns the server's answer; rejects with a `DeliveryError`, whose `sent` tells whether the server may have got it
   * @example
   * const receipt = await socket.durable.emit("order", { item: 7 });
   */
  emit<Ev extends EventNames<EmitEvents>>(
    event: Ev,
    ...args: DurableParams<EventParams<EmitEvents, Ev>>
  ): Promise<DurableAnswer<EventParams<EmitEvents, Ev>>>;
}

/** A socket with the option `durable`. */
export type DurableSocket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> = Socket<ListenEvents, EmitEvents> & {
  readonly durable: DurableEmitter<EmitEvents>;
  /** What there is to know of the delivery in both directions. */
  readonly delivery: Delivery;
  /** What is on its way to the server. */
  readonly outbox: OutboxView;
};
