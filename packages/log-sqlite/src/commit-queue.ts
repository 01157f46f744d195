import type { Batch, LogEntry } from "hawser";
import { packAttachments } from "./attachments.ts";
import { SqliteLogError } from "./errors.ts";
import { limits } from "./limits.ts";
import { toColumn } from "./texts.ts";
import type { Group } from "./messages.ts";

/** What an entry costs beside its text and attachments, in bytes; about. */
const entryBytes = 128;
/** What a commit costs on its way, likewise. */
const commitBytes = 64;

interface Waiting {
  readonly resolve: (first: number) => void;
  readonly reject: (error: Error) => void;
  readonly bytes: number;
  /** It was not taken, and is told so when those before it have been told. */
  readonly refused: Error | undefined;
}

/** What is on its way to the thread: packed when it comes, handed over in groups, told in order. */
export class CommitQueue {
  private readonly post: (group: Group) => void;
  private readonly now: () => number;
  private readonly bytesMax: number;
  private bytes = 0;
  private waiting: Waiting[] = [];
  /** Those before this index have been told. */
  private head = 0;
  private groups: Group[] = [];
  private groupBytes = 0;
  private isFlushing = false;

  constructor(post: (group: Group) => void, now: () => number, bytesMax: number) {
    this.post = post;
    this.now = now;
    this.bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.head === this.waiting.length;
  }

  /** Takes a batch; rejects when too much waits, or with `error`. */
  add(batch: Batch, error?: Error): Promise<number> {
    const bytes = sizeOf(batch);
    const isTooMuch = this.bytes > 0 && this.bytes + bytes > this.bytesMax;
    const refused =
      error ??
      (isTooMuch ? new SqliteLogError("LOG_OVERLOADED", `${this.bytes} bytes wait`) : undefined);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject, bytes: refused === undefined ? bytes : 0, refused });
      if (refused === undefined) this.pack(batch, bytes);
      else this.tellRefused();
    });
  }

  /** The oldest commits have been written. */
  committed(firsts: readonly number[]): void {
    for (const first of firsts) this.next().resolve(first);
    this.tellRefused();
  }

  /** The oldest commits could not be written. */
  failed(commits: number, error: Error): void {
    for (let at = 0; at < commits; at++) this.next().reject(error);
    this.tellRefused();
  }

  /** Nothing of what waits will be written. */
  failAll(error: Error): void {
    this.groups = [];
    while (!this.isEmpty) this.next().reject(error);
  }

  /** Hands over everything at once. */
  flushAll(): void {
    for (const group of this.groups.splice(0)) this.post(group);
  }

  private pack({ entries, states }: Batch, bytes: number): void {
    this.bytes += bytes;
    let group = this.groups.at(-1);
    const isFull =
      group === undefined ||
      group.bytes.length + entries.length > limits.groupEntriesMax ||
      this.groupBytes + bytes > limits.groupBytesMax;
    if (isFull) {
      const nowMs = this.now();
      group = {
        kind: "commit",
        nowMs,
        sizes: [],
        texts: [],
        bytes: [],
        attachments: [],
        states: [],
      };
      this.groups.push(group);
      this.groupBytes = 0;
    }
    this.groupBytes += bytes;
    group!.sizes.push(entries.length, states.length);
    for (const entry of entries) packEntry(group!, entry);
    for (const { key, value } of states) {
      group!.states.push(JSON.stringify(key), value === null ? null : toColumn(value));
    }
    if (this.isFlushing) return;
    this.isFlushing = true;
    queueMicrotask(this.flush);
  }

  /** One group at a time: handing over costs time, and others want to have their turn in between. */
  private readonly flush = (): void => {
    const group = this.groups.shift();
    if (group !== undefined) this.post(group);
    if (this.groups.length > 0) setImmediate(this.flush);
    else this.isFlushing = false;
  };

  private next(): Waiting {
    this.tellRefused();
    const waiting = this.waiting[this.head]!;
    this.waiting[this.head++] = undefined as never;
    if (this.head * 2 > this.waiting.length) {
      this.waiting.splice(0, this.head);
      this.head = 0;
    }
    this.bytes -= waiting.bytes;
    return waiting;
  }

  private tellRefused(): void {
    for (;;) {
      const waiting = this.waiting[this.head];
      if (waiting?.refused === undefined) return;
      this.head++;
      waiting.reject(waiting.refused);
    }
  }
}

function packEntry(group: Group, { namespace, rooms, except, text, attachments }: LogEntry): void {
  group.texts.push(
    namespace,
    rooms.length === 0 ? "[]" : JSON.stringify(rooms),
    except.length === 0 ? "" : JSON.stringify(except),
    toColumn(text),
  );
  group.bytes.push(sizeOfEntry(text, attachments));
  group.attachments.push(packAttachments(attachments));
}

function sizeOfEntry(text: string, attachments: readonly Uint8Array[]): number {
  let size = entryBytes + text.length;
  for (const attachment of attachments) size += attachment.byteLength;
  return size;
}

function sizeOf({ entries, states }: Batch): number {
  let size = commitBytes;
  for (const { text, attachments } of entries) size += sizeOfEntry(text, attachments);
  for (const { key, value } of states) size += key.length + (value?.length ?? 0);
  return size;
}
