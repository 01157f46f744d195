/** A place that is measured in offsets and may have to move, see {@link Timeline.onShift}. */
export type Shift = (mark: number) => number;

/**
 * The order of what is said, before it is in the log: which offset a message will get is known when it is emitted,
 * since one process writes the log and its commits settle in order. So who was meant is a matter of the moment of
 * `emit`, however long the log takes.
 *
 * Offsets up to `settled` are in the log and have been sent; those up to `tail` are on their way.
 */
export class Timeline {
  /** All up to here is in the log, and has been sent to those who were there. */
  settled = 0;
  /** The offset that the newest message will have. */
  tail = 0;
  /** A message was not taken by the log, so that marks beyond it mean another offset: called with the move. */
  onShift: (shift: Shift) => void = () => {};
  /** In the order of `upTo`. */
  private waiting: { upTo: number; run: () => void }[] = [];

  /** The log is open, and this is its last offset. */
  open(last: number): void {
    this.settled = last;
    this.tail = last;
  }

  /** A message has been emitted. Returns the offset that it will have. */
  expect(): number {
    return ++this.tail;
  }

  /** The oldest message that is on its way is in the log; call {@link release} when it has been sent. */
  settle(offset: number): void {
    const expected = this.settled + 1;
    // A log that leaves numbers out.
    if (offset !== expected) this.shift(expected, offset - expected);
    this.settled = offset;
  }

  /** The oldest message that is on its way is not in the log and never will be. */
  fail(): void {
    this.shift(this.settled + 1, -1);
    this.release();
  }

  /** Runs what waited for the messages that have settled. */
  release(): void {
    while (this.waiting.length > 0 && this.waiting[0]!.upTo <= this.settled) {
      this.waiting.shift()!.run();
    }
  }

  /** Runs something after all that has been emitted so far has been sent; now, when nothing is on its way. */
  afterTail(run: () => void): void {
    if (this.tail === this.settled) run();
    else this.waiting.push({ upTo: this.tail, run });
  }

  private shift(from: number, by: number): void {
    const move: Shift = (mark) => (mark < from ? mark : Math.max(from - 1, mark + by));
    this.tail = move(this.tail);
    for (const waiter of this.waiting) waiter.upTo = move(waiter.upTo);
    this.onShift(move);
  }
}
