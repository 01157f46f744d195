import type { FencedNotice, Position, ResetNotice } from "@hawser/protocol/internal";
import { Emitter } from "../emitter.ts";
import type { NoEvents } from "../events.ts";
import type { DeliveryError } from "./errors.ts";

/** Events of {@link Delivery}. */
export interface DeliveryNotices {
  /** All that was missed has been handed out. */
  live: (position: Position) => void;
  /** A gap was not filled: what the application knows of that room, or of everything, may be incomplete. */
  reset: (notice: ResetNotice) => void;
  /** Another connection has taken the session; the socket is disconnected and does not come back by itself. */
  fenced: (notice: FencedNotice) => void;
  /** The server has no durable delivery here. */
  unsupported: (error: DeliveryError) => void;
  /** The store of the outbox cannot be opened, or written for the moment. */
  error: (error: DeliveryError) => void;
}

/** The delivery of one socket, in both directions: `socket.delivery`. */
export class Delivery extends Emitter<NoEvents, NoEvents, DeliveryNotices> {
  /** Up to where it has handled what the server sent; undefined before the first connect. */
  position: Position | undefined = undefined;
  /** Whether the last connect took up the session before it, also after a reload. */
  recovered = false;
  /** Whether all that was missed is here. */
  live = false;

  /** @internal */
  say<Ev extends keyof DeliveryNotices>(event: Ev, ...args: Parameters<DeliveryNotices[Ev]>): void {
    this.emitReserved(event, ...args);
  }
}
