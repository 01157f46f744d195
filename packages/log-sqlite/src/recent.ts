/**
 * The messages that were handed over last, by offset. Both sides of the thread keep one and do the same with it in the same
 * order, so that the thread knows what need not be handed over again: when many clients come back at once, they ask for the
 * same messages. Bounded; the oldest go first.
 */
export class Recent<T> {
  private readonly bytesMax: number;
  private readonly kept: Map<number, { value: T; bytes: number }> = new Map();
  private bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get(offset: number): T | undefined {
    return this.kept.get(offset)?.value;
  }

  /** Adds one that is not in it. */
  add(offset: number, value: T, bytes: number): void {
    if (bytes > this.bytesMax) return;
    this.kept.set(offset, { value, bytes });
    this.bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.kept) {
      if (this.bytes <= this.bytesMax) break;
      this.kept.delete(oldest);
      this.bytes -= freed;
    }
  }
}
