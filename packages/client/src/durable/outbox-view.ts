import { Emitter } from "../emitter.ts";
import type { NoEvents } from "../events.ts";
import type { OutboxEntry } from "./entry.ts";
import type { Outbox } from "./outbox.ts";

/** Events of {@link OutboxView}. */
export interface OutboxEvents {
  /** Something has come, gone or been sent; what happens in one tick is told once. */
  change: () => void;
}

/** What is on its way to the server: `socket.outbox`. */
export class OutboxView extends Emitter<NoEvents, NoEvents, OutboxEvents> {
  /** Ends when what an earlier page has left behind is here, or the store could not be opened. */
  readonly ready: Promise<void>;
  /** Disconnects, writes what is still to be written, and lets the next page have the outbox. */
  readonly close: () => Promise<void>;
  readonly #outbox: Outbox;
  #isTold = true;

  constructor(outbox: Outbox, ready: Promise<void>, close: () => Promise<void>) {
    super();
    this.#outbox = outbox;
    this.ready = ready;
    this.close = close;
  }

  get length(): number {
    return this.#outbox.entries.length;
  }

  /** About what its messages hold. */
  get bytes(): number {
    return this.#outbox.bytes;
  }

  /** The messages, the oldest first. */
  get entries(): readonly OutboxEntry[] {
    return this.#outbox.entries.slice();
  }

  /**
   * Takes a message back; its promise rejects with `CANCELLED`.
   * @returns false when it is not there any more
   * @throws DeliveryError `ALREADY_SENT`, since the server may have got it
   */
  cancel(id: number): boolean {
    return this.#outbox.cancel(id);
  }

  /** @internal */
  changed(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    queueMicrotask(() => {
      this.#isTold = true;
      this.emitReserved("change");
    });
  }
}
