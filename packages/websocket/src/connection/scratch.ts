/** What a busy connection writes in one tick fits, and stays in the processor's cache. */
const scratchBytes = 65_536;

/** Part of a scratch that is spoken for: frames that were encoded and not written yet. */
export class Reserved {
  readonly scratch: Scratch;
  readonly start: number;
  end: number;

  constructor(scratch: Scratch, start: number, end: number) {
    this.scratch = scratch;
    this.start = start;
    this.end = end;
  }

  get byteLength(): number {
    return this.end - this.start;
  }

  /** The bytes themselves, not a copy. */
  get bytes(): Buffer {
    return this.scratch.bytes.subarray(this.start, this.end);
  }
}

/**
 * A buffer that all connections encode into. Its memory is used again as soon as the kernel took what was written; what
 * a socket could not get rid of stays its own.
 */
export class Scratch {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(scratchBytes);
  /** The same memory in words, for masking. */
  readonly words: Int32Array = new Int32Array(this.bytes.buffer);
  /** From here on the bytes are free. */
  base = 0;
  /** Up to here they belong to sockets. */
  private kept = 0;
  private reservations = 0;

  /** Reserves what was encoded at `base`, up to `end`. */
  reserve(end: number): Reserved {
    const reserved = new Reserved(this, this.base, end);
    this.base = end;
    this.reservations++;
    return reserved;
  }

  /** Adds what was encoded at `base`, up to `end`, to a reservation that ends there; whether it does. */
  extend(reserved: Reserved, end: number): boolean {
    if (reserved.scratch !== this || reserved.end !== this.base) return false;
    reserved.end = this.base = end;
    return true;
  }

  /** Ends a reservation; `keep` when a socket still needs the bytes. */
  release(reserved: Reserved, keep: boolean): void {
    this.reservations--;
    if (keep) this.kept = Math.max(this.kept, reserved.end);
    if (this.reservations === 0) this.base = this.kept;
  }

  /** Leaves everything up to `end` to a socket that still needs it. */
  keep(end: number): void {
    this.kept = Math.max(this.kept, end);
    this.base = Math.max(this.base, end);
  }

  hasRoom(bytes: number): boolean {
    return this.base + bytes <= scratchBytes;
  }
}

let current: Scratch = new Scratch();

/** A scratch with so much room, up to 64 KiB: the one in use, or a new one in its place. */
export function scratchWith(bytes: number): Scratch {
  if (!current.hasRoom(bytes)) current = new Scratch();
  return current;
}
