/** Where one room was spoken to: offsets that grow, taken away from the oldest on. */
export class OffsetList {
  private offsets: number[] = [];
  /** Those before this index have been taken away. */
  private head = 0;

  get size(): number {
    return this.offsets.length - this.head;
  }

  push(offset: number): void {
    this.offsets.push(offset);
  }

  dropOldest(): void {
    this.head++;
    if (this.head * 2 < this.offsets.length) return;
    this.offsets.splice(0, this.head);
    this.head = 0;
  }

  /** Adds those after one offset up to another to a list, at most `max` of them. */
  collect(after: number, upTo: number, max: number, into: number[]): void {
    const start = this.indexAfter(after);
    const end = Math.min(this.offsets.length, start + max);
    for (let at = start; at < end && this.offsets[at]! <= upTo; at++) into.push(this.offsets[at]!);
  }

  /** The newest before an offset, the newest first. */
  before(offset: number, max: number): number[] {
    const end = this.indexAfter(offset - 1);
    return this.offsets.slice(Math.max(this.head, end - max), end).toReversed();
  }

  private indexAfter(offset: number): number {
    let low = this.head;
    let high = this.offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offsets[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The smallest of some numbers, each once, in order. */
export function smallest(numbers: readonly number[], max: number): number[] {
  const sorted = numbers.toSorted((a, b) => a - b);
  const found: number[] = [];
  for (const number of sorted) {
    if (number !== found.at(-1)) found.push(number);
    if (found.length === max) break;
  }
  return found;
}
