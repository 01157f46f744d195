import type { DeflateRaw, InflateRaw } from "node:zlib";
import type { Work } from "../connection/extension.ts";

/** What a message became: its bytes and how many of the input zlib used, or why there is no result. */
export type ZlibResult =
  | { readonly bytes: Buffer; readonly used: number }
  | { readonly error: Error }
  | "too long";

/** What a job does in its turn. */
export interface ZlibTask {
  readonly input: Uint8Array;
  /** Stops as soon as the result is longer. */
  readonly bytesMax: number;
  /** Jobs of the whole process that may run beside this one, with it. */
  readonly concurrencyMax: number;
  /** Makes the compressor or decompressor, when the turn comes. */
  open(): DeflateRaw | InflateRaw;
  /** Called once, unless the job was cancelled. */
  done(result: ZlibResult): void;
}

/**
 * zlib's work in threads: a bounded number of jobs at a time over the whole process, first come, first served. Each has
 * a zlib context of its own, so that their number is bounded too (nodejs/node #8871).
 */
class ZlibQueue {
  /** Jobs in the threads, the most there ever were, and how many there have been. */
  running = 0;
  peak = 0;
  started = 0;
  private head: ZlibJob | undefined = undefined;
  private tail: ZlibJob | undefined = undefined;

  add(job: ZlibJob): void {
    if (this.tail === undefined) this.head = job;
    else this.tail.next = job;
    this.tail = job;
    this.startNext();
  }

  leave(): void {
    this.running--;
    this.startNext();
  }

  private startNext(): void {
    for (let job = this.head; job !== undefined; job = this.head) {
      if (!job.cancelled && this.running >= job.concurrencyMax) return;
      this.head = job.next;
      if (this.head === undefined) this.tail = undefined;
      if (job.cancelled) continue;
      this.running++;
      this.started++;
      this.peak = Math.max(this.peak, this.running);
      job.start();
    }
  }
}

/** The one queue of the process, for tests to look at. */
export const zlibQueue: ZlibQueue = new ZlibQueue();

/** One message in zlib's threads. */
export class ZlibJob implements Work {
  /** The one behind it in the queue. */
  next: ZlibJob | undefined = undefined;
  readonly concurrencyMax: number;
  /** Undefined once it is done or cancelled. */
  private task: ZlibTask | undefined;
  private stream: DeflateRaw | InflateRaw | undefined = undefined;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(task: ZlibTask) {
    this.task = task;
    this.concurrencyMax = task.concurrencyMax;
    zlibQueue.add(this);
  }

  get cancelled(): boolean {
    return this.task === undefined;
  }

  /** Lets go of everything; what a thread is at in this moment ends by itself. */
  cancel(): void {
    this.task = undefined;
    this.chunks = [];
    this.stream?.destroy();
  }

  start(): void {
    const task = this.task as ZlibTask;
    let stream: DeflateRaw | InflateRaw;
    try {
      stream = task.open();
    } catch (error) {
      // No memory is left for it.
      process.nextTick(() => this.settle({ error: error as Error }));
      process.nextTick(() => zlibQueue.leave());
      return;
    }
    this.stream = stream;
    stream.on("data", (chunk: Buffer) => this.onData(chunk));
    stream.on("end", () => {
      const bytes =
        this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks);
      this.settle({ bytes, used: stream.bytesWritten });
    });
    stream.on("error", (error) => this.settle({ error }));
    stream.on("close", () => zlibQueue.leave());
    stream.end(task.input);
  }

  private onData(chunk: Buffer): void {
    if (this.task === undefined) return;
    this.bytes += chunk.length;
    if (this.bytes > this.task.bytesMax) this.settle("too long");
    else this.chunks.push(chunk);
  }

  private settle(result: ZlibResult): void {
    const { task } = this;
    if (task === undefined) return;
    this.cancel();
    task.done(result);
  }
}
