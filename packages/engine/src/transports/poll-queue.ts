import type { Outgoing } from "../outgoing.ts";
import type { FlushCallback } from "../transport.ts";

/** Messages that had not left, and who wants to know when they have. */
export interface Unsent {
  readonly messages: readonly Outgoing[];
  readonly callbacks: readonly FlushCallback[];
}

/** What waits for the next GET. */
export class PollQueue {
  /** Sum of the messages' sizes. */
  size = 0;
  private messages: Outgoing[] = [];
  private callbacks: FlushCallback[] = [];

  get empty(): boolean {
    return this.messages.length === 0;
  }

  push(message: Outgoing): void {
    this.messages.push(message);
    this.size += message.size;
  }

  /** Calls back when what is queued now has left. */
  pushCallback(callback: FlushCallback): void {
    this.callbacks.push(callback);
  }

  /** Hands over as many messages as have no more than `packetsMax` packets, at least one; the rest keeps waiting. */
  takeSome(packetsMax: number): Unsent {
    let packets = 0;
    let count = 0;
    for (const { packet, attachments } of this.messages) {
      packets += (packet === undefined ? 0 : 1) + attachments.length;
      if (packets > packetsMax && count > 0) break;
      count++;
    }
    if (count === this.messages.length) return this.take();
    const messages = this.messages.splice(0, count);
    for (const message of messages) this.size -= message.size;
    return { messages, callbacks: [] };
  }

  /** Hands everything over and is empty again. */
  take(): Unsent {
    const unsent = { messages: this.messages, callbacks: this.callbacks };
    this.size = 0;
    this.messages = [];
    this.callbacks = [];
    return unsent;
  }
}

/** How many packets a client takes in one body: python-engineio refuses more than 16. */
export function packetsMaxOf(userAgent: string | undefined): number {
  return userAgent !== undefined && /python/i.test(userAgent) ? 16 : Infinity;
}

/** Whether a body of these messages may be compressed. */
export function mayCompress(messages: readonly Outgoing[]): boolean {
  return messages.some((message) => message.compress);
}
