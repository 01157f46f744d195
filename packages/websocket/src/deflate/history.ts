const firstBytes = 1_024;
const none: Buffer = Buffer.alloc(0);

/**
 * The end of all that was compressed in one direction of a connection: what its next message can refer back to. It
 * stands for zlib's own window, which would have to be kept together with a compressor or decompressor per connection.
 */
export class History {
  /** How much of it is kept. */
  windowBytes: number;
  private readonly windowBytesMax: number;
  private bytes: Buffer = none;
  private end = 0;

  constructor(windowBytes: number, windowBytesMax: number = windowBytes) {
    this.windowBytes = windowBytes;
    this.windowBytesMax = windowBytesMax;
  }

  /** Keeps so much from now on, where it may. */
  widen(bytes: number): void {
    this.windowBytes = Math.max(this.windowBytes, Math.min(bytes, this.windowBytesMax));
  }

  /** At most so much of the end of what can be referred to. Valid until the next `add`. */
  last(bytes: number): Buffer | undefined {
    return this.dictionary?.subarray(-bytes);
  }

  /** What can be referred to, where there is something. Valid until the next `add`. */
  get dictionary(): Buffer | undefined {
    const { end } = this;
    return end === 0 ? undefined : this.bytes.subarray(Math.max(0, end - this.windowBytes), end);
  }

  add(data: Uint8Array): void {
    const { windowBytes } = this;
    const news = data.length > windowBytes ? data.subarray(data.length - windowBytes) : data;
    if (this.end + news.length > this.bytes.length) this.makeRoom(news.length);
    this.bytes.set(news, this.end);
    this.end += news.length;
  }

  private makeRoom(bytes: number): void {
    const { windowBytes, end } = this;
    const kept = Math.min(end, windowBytes - bytes);
    // A quarter more than the window, so that small messages move it rarely.
    const most = windowBytes + (windowBytes >> 2);
    const size = Math.min(most, Math.max(firstBytes, 2 * this.bytes.length, kept + bytes));
    if (size > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(size);
      this.bytes.copy(larger, 0, end - kept, end);
      this.bytes = larger;
    } else {
      this.bytes.copyWithin(0, end - kept, end);
    }
    this.end = kept;
  }
}
