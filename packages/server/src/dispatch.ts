/** Something that takes packets of its client in order. */
export interface Recipient<Packet> {
  deliver(packet: Packet): void;
}

/**
 * Hands packets to the application after the chunk that brought them has been read to its end.
 *
 * One `process.nextTick` serves all connections. An exception of a handler leaves through here, as an
 * uncaught exception of the application's, and neither stops the reading of a line nor loses a packet behind it.
 */
export class Dispatcher<Packet> {
  private recipients: Recipient<Packet>[] = [];
  private packets: Packet[] = [];
  private next = 0;
  private scheduled = false;

  /** Queues a packet; it is delivered in this turn of the event loop. */
  push(recipient: Recipient<Packet>, packet: Packet): void {
    this.recipients.push(recipient);
    this.packets.push(packet);
    if (!this.scheduled) {
      this.scheduled = true;
      process.nextTick(this.drain);
    }
  }

  private readonly drain = (): void => {
    try {
      // Handlers may push more: the lengths are read anew each time.
      while (this.next < this.packets.length) {
        const at = this.next++;
        this.recipients[at]!.deliver(this.packets[at]!);
      }
    } finally {
      if (this.next < this.packets.length) {
        process.nextTick(this.drain);
      } else {
        this.recipients = [];
        this.packets = [];
        this.next = 0;
        this.scheduled = false;
      }
    }
  };
}

/** Calls a listener of the application in the middle of our own work: what it throws is thrown later, alone. */
export function callApart(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
