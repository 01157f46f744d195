import { gather, whenRead } from "@hawser/engine/internal";

/** Something that takes packets of its client in order. */
export interface Recipient<Packet> {
  deliver(packet: Packet): void;
}

/** Lists of up to so many packets are used again. */
const keptMax = 1_024;

/**
 * Hands packets to the application after the chunk that brought them has been read to its end.
 *
 * That is at once where our own WebSocket layer has read it, otherwise in the next tick. An exception of a handler leaves
 * through here, as an uncaught exception of the application's, and neither stops the reading of a line nor loses a
 * packet behind it.
 */
export class Dispatcher<Packet> {
  /** Used again from turn to turn; what lies in `[next, count)` waits. */
  private recipients: (Recipient<Packet> | undefined)[] = [];
  private packets: (Packet | undefined)[] = [];
  private next = 0;
  private count = 0;
  private scheduled = false;

  /** Queues a packet; it is delivered in this turn of the event loop. */
  push(recipient: Recipient<Packet>, packet: Packet): void {
    this.recipients[this.count] = recipient;
    this.packets[this.count++] = packet;
    if (!this.scheduled) {
      this.scheduled = true;
      whenRead(this.turn);
    }
  }

  /** What handlers send leaves when all of them are through. */
  private readonly turn = (): void => gather(this.drain);

  private readonly drain = (): void => {
    try {
      // Handlers may push more: the count is read anew each time.
      while (this.next < this.count) {
        const at = this.next++;
        const recipient = this.recipients[at]!;
        const packet = this.packets[at]!;
        this.recipients[at] = undefined;
        this.packets[at] = undefined;
        recipient.deliver(packet);
      }
    } finally {
      if (this.next < this.count) process.nextTick(this.turn);
      else this.rest();
    }
  };

  private rest(): void {
    if (this.count > keptMax) {
      this.recipients = [];
      this.packets = [];
    }
    this.next = 0;
    this.count = 0;
    this.scheduled = false;
  }
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
