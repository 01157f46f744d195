import { ServerError } from "../errors.ts";
import type { Position } from "@hawser/protocol/internal";
import type { BroadcastOptions } from "../adapter/types.ts";
import type { AnyNamespace } from "../erased.ts";
import type { EventNamesWithoutAck, EventParams, EventsMap } from "../typed-events.ts";
import type { ServerDelivery } from "./delivery.ts";

/** Emits what survives lost lines: it is logged first, and given to those who come back for it. */
export interface DurableEmitter<EmitEvents extends EventsMap> {
  /**
   * Logs an event, then sends it to those who were meant at this moment; who is away is given it later, in order.
   * @param args anything that JSON knows, and binary; no acknowledgement
   * @returns the position of the message once it is in the log; rejects when the log does not take it. It need not be
   * awaited: a failure is told by `io.delivery`, too
   * @throws ServerError when the name is reserved, there is an acknowledgement, or delivery is off
   */
  emit<Ev extends EventNamesWithoutAck<EmitEvents>>(
    ev: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): Promise<Position>;
}

/** The emitter of a broadcast. @throws ServerError when delivery is off */
export function durableEmitter<EmitEvents extends EventsMap>(
  nsp: AnyNamespace,
  options: () => BroadcastOptions,
): DurableEmitter<EmitEvents> {
  deliveryOf(nsp);
  return { emit: (ev, ...args) => nsp._say([ev, ...(args as unknown[])], options()) };
}

/** The delivery of a namespace's server. @throws ServerError when it is off */
export function deliveryOf(nsp: AnyNamespace): ServerDelivery {
  const delivery = nsp.server._delivery;
  if (delivery === undefined) throw new ServerError("DELIVERY_OFF");
  return delivery;
}
