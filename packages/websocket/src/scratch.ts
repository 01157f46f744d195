/**
 * One flush of one connection is encoded here. Measured: 64 KiB holds what a busy connection writes in one tick, and
 * stays in the cache.
 */
const scratchBytes = 65_536;
/** With less than this left after `retire`, a new one is taken. */
const worthKeepingBytes = 32_768;

/**
 * The buffer that all connections encode into, one at a time. It is used again as soon as the kernel took what was
 * written; otherwise `retire` leaves the used part to the socket that still needs it.
 */
export class Scratch {
  bytes: Buffer = Buffer.allocUnsafeSlow(scratchBytes);
  /** The same memory in words, for masking. Always aligned. */
  words: Int32Array = new Int32Array(this.bytes.buffer);
  /** From here on the bytes are free. */
  base = 0;

  retire(end: number): void {
    this.base = (end + 3) & ~3;
    if (scratchBytes - this.base >= worthKeepingBytes) return;
    this.bytes = Buffer.allocUnsafeSlow(scratchBytes);
    this.words = new Int32Array(this.bytes.buffer);
    this.base = 0;
  }
}
