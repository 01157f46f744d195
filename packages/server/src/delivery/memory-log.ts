import { randomBytes } from "node:crypto";
import { ServerError } from "../errors.ts";
import { OffsetList, smallest } from "./offset-list.ts";
import { SortedKeys } from "./sorted-keys.ts";
import type {
  Batch,
  HistoryPage,
  HistoryQuery,
  Log,
  LogEntry,
  LogRecord,
  OpenedLog,
  Page,
  ReadQuery,
  Retention,
  Span,
} from "./log.ts";

/** What an entry costs beside its text and attachments, in bytes; about. */
const entryBytes = 128;
/** Rooms of which it is known up to where they have been trimmed; with more, all count as trimmed up to there. */
const trimmedRoomsMax = 100_000;

export interface MemoryLogOptions {
  /** The clock, in ms since the epoch; for tests. */
  now?: () => number;
}

/**
 * Keeps everything in memory: what is said survives lost lines, not the end of the process. Bounded by the retention
 * that it is opened with; what is too old goes with the next message or the next reading.
 */
export function memoryLog({ now = Date.now }: MemoryLogOptions = {}): Log {
  return new MemoryLog(now);
}

class MemoryLog implements Log {
  private readonly epoch: string = randomBytes(6).toString("base64url");
  private readonly now: () => number;
  private retention: Retention = {};
  /** The offsets of its records are without gaps, up to `last`. */
  private records: LogRecord[] = [];
  /** Records before this index have been let go. */
  private head = 0;
  private bytes = 0;
  private last = 0;
  /** By namespace and room, as are the next. */
  private readonly places: Map<string, OffsetList> = new Map();
  /** The newest offset that has been let go. */
  private readonly trimmed: Map<string, number> = new Map();
  /** Everything up to here may have been let go, of any room. */
  private floor = 0;
  private readonly kept: Map<string, string> = new Map();
  private readonly keys: SortedKeys = new SortedKeys();
  private closed = false;

  constructor(now: () => number) {
    this.now = now;
  }

  async open(retention: Retention): Promise<OpenedLog> {
    this.retention = retention;
    this.closed = false;
    this.trim(this.now());
    return { epoch: this.epoch, last: this.last };
  }

  async commit({ entries, states }: Batch): Promise<number> {
    this.mustBeOpen();
    const first = this.last + 1;
    const atMs = this.now();
    for (const entry of entries) this.append(entry, atMs);
    for (const { key, value } of states) this.put(key, value);
    this.trim(atMs);
    return first;
  }

  async read({ namespace, spans, after, limit, bytes }: ReadQuery): Promise<Page> {
    this.mustBeOpen();
    this.trim(this.now());
    const missing = spans.filter((span) => this.hasLost(namespace, span, after));
    const records: LogRecord[] = [];
    let size = 0;
    for (const offset of this.matching(namespace, spans, after, limit + 1)) {
      const record = this.at(offset);
      size += sizeOf(record);
      if (records.length === limit || (size > bytes && records.length > 0)) {
        return { records, upTo: offset - 1, atEnd: false, missing };
      }
      records.push(record);
    }
    return { records, upTo: Math.max(after, this.last), atEnd: true, missing };
  }

  async history({ namespace, room, before, limit }: HistoryQuery): Promise<HistoryPage> {
    this.mustBeOpen();
    this.trim(this.now());
    const place = this.places.get(placeOf(namespace, room));
    const found = place?.before(before ?? Infinity, limit + 1) ?? [];
    const records = found.slice(0, limit).map((offset) => this.at(offset));
    return { records: records.toReversed(), atStart: found.length <= limit };
  }

  async get(key: string): Promise<string | undefined> {
    this.mustBeOpen();
    return this.kept.get(key);
  }

  async *states(prefix: string): AsyncGenerator<{ key: string; value: string }> {
    this.mustBeOpen();
    for (const key of this.keys.startingWith(prefix)) {
      const value = this.kept.get(key);
      if (value !== undefined) yield { key, value };
    }
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private mustBeOpen(): void {
    if (this.closed) throw new ServerError("LOG_CLOSED");
  }

  private append(entry: LogEntry, atMs: number): void {
    const offset = ++this.last;
    // Copies: the application may go on with its buffers, and a view may hold much more than itself.
    const attachments = entry.attachments.map((it) => new Uint8Array(it));
    const record: LogRecord = { ...entry, attachments, offset, atMs };
    this.records.push(record);
    this.bytes += sizeOf(record);
    for (const key of placesOf(record)) {
      let place = this.places.get(key);
      if (place === undefined) this.places.set(key, (place = new OffsetList()));
      place.push(offset);
    }
  }

  private put(key: string, value: string | null): void {
    if (value === null) {
      if (this.kept.delete(key)) this.keys.delete(key);
      return;
    }
    if (!this.kept.has(key)) this.keys.add(key);
    this.kept.set(key, value);
  }

  private matching(
    namespace: string,
    spans: readonly Span[],
    after: number,
    max: number,
  ): number[] {
    let found: number[] = [];
    // Of the rooms that follow, only what comes before the last one of a full page matters.
    let bound = Infinity;
    for (const { room, after: from, upTo = Infinity } of spans) {
      const place = this.places.get(placeOf(namespace, room));
      place?.collect(Math.max(after, from), Math.min(upTo, bound), max, found);
      if (found.length < 2 * max) continue;
      found = smallest(found, max);
      if (found.length === max) bound = found.at(-1)!;
    }
    return smallest(found, max);
  }

  private at(offset: number): LogRecord {
    return this.records[this.records.length - 1 - (this.last - offset)]!;
  }

  private trim(nowMs: number): void {
    const { ageMs = Infinity, count = Infinity, bytes = Infinity } = this.retention;
    while (this.head < this.records.length) {
      const oldest = this.records[this.head]!;
      const kept = this.records.length - this.head;
      if (kept <= count && this.bytes <= bytes && oldest.atMs >= nowMs - ageMs) break;
      this.dropOldest(oldest);
    }
    if (this.head * 2 < this.records.length || this.head === 0) return;
    this.records.splice(0, this.head);
    this.head = 0;
  }

  private dropOldest(oldest: LogRecord): void {
    this.bytes -= sizeOf(oldest);
    this.records[this.head++] = undefined as never;
    for (const key of placesOf(oldest)) {
      const place = this.places.get(key)!;
      place.dropOldest();
      if (place.size === 0) this.places.delete(key);
      this.trimmed.set(key, oldest.offset);
    }
    if (this.trimmed.size <= trimmedRoomsMax) return;
    this.trimmed.clear();
    this.floor = oldest.offset;
  }

  private hasLost(namespace: string, { room, after: from }: Span, after: number): boolean {
    const upTo = this.trimmed.get(placeOf(namespace, room)) ?? this.floor;
    return upTo > Math.max(after, from);
  }
}

function placeOf(namespace: string, room: string | undefined): string {
  // Clients may have chosen both names: no two places may have one key.
  const { length } = namespace;
  return room === undefined ? `${length}.${namespace}` : `${length}:${namespace}${room}`;
}

function placesOf({ namespace, rooms }: LogEntry): Iterable<string> {
  if (rooms.length === 0) return [placeOf(namespace, undefined)];
  if (rooms.length === 1) return [placeOf(namespace, rooms[0])];
  return new Set(rooms.map((room) => placeOf(namespace, room)));
}

function sizeOf({ text, attachments }: LogEntry): number {
  let size = entryBytes + text.length;
  for (const attachment of attachments) size += attachment.byteLength;
  return size;
}
