/** Keys of one block; a fuller one is split. */
const blockMax = 512;

/** A set of texts in their order, for those who ask for all that begin alike. */
export class SortedKeys {
  /** Never empty, but for the only one. */
  private readonly blocks: string[][] = [[]];

  /** @param key is not in it */
  add(key: string): void {
    const at = this.blockOf(key);
    const block = this.blocks[at]!;
    block.splice(firstNotBelow(block, key), 0, key);
    if (block.length > blockMax) this.blocks.splice(at + 1, 0, block.splice(blockMax >> 1));
  }

  /** @param key is in it */
  delete(key: string): void {
    const at = this.blockOf(key);
    const block = this.blocks[at]!;
    block.splice(firstNotBelow(block, key), 1);
    if (block.length === 0 && this.blocks.length > 1) this.blocks.splice(at, 1);
  }

  /** Those that begin with a prefix; a copy, so that the set may change while it is read. */
  startingWith(prefix: string): string[] {
    const found: string[] = [];
    for (let at = this.blockOf(prefix); at < this.blocks.length; at++) {
      const block = this.blocks[at]!;
      for (let i = firstNotBelow(block, prefix); i < block.length; i++) {
        if (!block[i]!.startsWith(prefix)) return found;
        found.push(block[i]!);
      }
    }
    return found;
  }

  /** The last block that begins at or below a key. */
  private blockOf(key: string): number {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.blocks[middle]![0]! <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function firstNotBelow(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
