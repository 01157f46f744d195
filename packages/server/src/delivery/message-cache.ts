import type { DurableMessage } from "./durable-message.ts";

/** What a message costs beside its text and attachments, in bytes; about. */
const messageBytes = 256;

/**
 * Messages that were read from the log, with the forms that have been made of them: when many come back at once, they
 * are given the same. Bounded; the oldest go first.
 */
export class MessageCache {
  private readonly bytesMax: number;
  private readonly messages: Map<number, { message: DurableMessage; bytes: number }> = new Map();
  private bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get(offset: number): DurableMessage | undefined {
    return this.messages.get(offset)?.message;
  }

  add(message: DurableMessage, size: number): void {
    const bytes = messageBytes + size;
    if (bytes > this.bytesMax || this.messages.has(message.offset)) return;
    this.messages.set(message.offset, { message, bytes });
    this.bytes += bytes;
    for (const [oldest, kept] of this.messages) {
      if (this.bytes <= this.bytesMax) break;
      this.messages.delete(oldest);
      this.bytes -= kept.bytes;
    }
  }
}
