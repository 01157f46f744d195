/** From this size on, a piece that is most of its chunk is kept as it is. */
const keepWholeBytes = 4_096;
const firstBlockBytes = 256;
const blockBytesMax = 65_536;

/**
 * The bytes of a message that is not yet complete. What it pins is bounded by what was received: a piece which is the
 * better part of its chunk is kept by reference; all others are copied into blocks, so that a tiny piece never holds on
 * to the chunk it came in and costs no object of its own.
 */
export class Assembly {
  bytes = 0;
  private readonly parts: Buffer[] = [];
  /** The block being filled, and how far. */
  private block: Buffer | undefined = undefined;
  private filled = 0;
  private nextBlockBytes = firstBlockBytes;

  append(chunk: Buffer, start: number, end: number): void {
    const length = end - start;
    this.bytes += length;
    if (length >= keepWholeBytes && length * 2 > chunk.buffer.byteLength) {
      this.cut();
      this.parts.push(chunk.subarray(start, end));
      return;
    }
    let from = start;
    while (from < end) {
      const block = (this.block ??= this.nextBlock(end - from));
      const taken = Math.min(end - from, block.length - this.filled);
      chunk.copy(block, this.filled, from, from + taken);
      this.filled += taken;
      from += taken;
      if (this.filled === block.length) this.cut();
    }
  }

  /** All bytes in one piece; the assembly is spent. */
  join(): Buffer {
    this.cut();
    return this.parts.length === 1
      ? (this.parts[0] as Buffer)
      : Buffer.concat(this.parts, this.bytes);
  }

  /** Ends the block being filled. What it has left over is used by the next one. */
  private cut(): void {
    const block = this.block;
    if (block === undefined || this.filled === 0) return;
    this.parts.push(block.subarray(0, this.filled));
    this.block = this.filled < block.length ? block.subarray(this.filled) : undefined;
    this.filled = 0;
  }

  private nextBlock(needed: number): Buffer {
    const size = Math.max(this.nextBlockBytes, Math.min(needed, blockBytesMax));
    this.nextBlockBytes = Math.min(size * 2, blockBytesMax);
    return Buffer.allocUnsafeSlow(size);
  }
}
