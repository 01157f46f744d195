import { randomBytes } from "node:crypto";
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

/** Keeps everything in memory: what is said survives lost lines, not the end of the process. */
export function memoryLog(): Log {
  return new MemoryLog();
}

class MemoryLog implements Log {
  private readonly epoch: string = randomBytes(6).toString("base64url");
  private retention: Retention = {};
  private records: LogRecord[] = [];
  /** Records before this index have been let go. */
  private head = 0;
  private bytes = 0;
  private last = 0;
  /** By namespace and room, the newest offset that has been let go. */
  private readonly trimmed: Map<string, number> = new Map();
  /** Everything up to here may have been let go, of any room. */
  private floor = 0;
  private readonly kept: Map<string, string> = new Map();

  open(retention: Retention): Promise<OpenedLog> {
    this.retention = retention;
    return Promise.resolve({ epoch: this.epoch, last: this.last });
  }

  commit({ entries, states }: Batch): Promise<number> {
    const first = this.last + 1;
    const atMs = Date.now();
    for (const entry of entries) this.append({ ...entry, offset: ++this.last, atMs });
    for (const { key, value } of states) {
      if (value === null) this.kept.delete(key);
      else this.kept.set(key, value);
    }
    this.trim(atMs);
    return Promise.resolve(first);
  }

  read({ namespace, spans, after, limit, bytes }: ReadQuery): Promise<Page> {
    const byRoom = new Map<string | undefined, Span[]>();
    for (const span of spans) {
      const known = byRoom.get(span.room);
      if (known === undefined) byRoom.set(span.room, [span]);
      else known.push(span);
    }
    const records: LogRecord[] = [];
    const missing = spans.filter((span) => this.hasLost(namespace, span, after));
    let size = 0;
    for (let at = this.indexAfter(after); at < this.records.length; at++) {
      const record = this.records[at]!;
      if (record.namespace !== namespace || !matches(byRoom, record)) continue;
      size += sizeOf(record);
      if (records.length === limit || (size > bytes && records.length > 0)) {
        return Promise.resolve({ records, upTo: record.offset - 1, atEnd: false, missing });
      }
      records.push(record);
    }
    return Promise.resolve({ records, upTo: Math.max(after, this.last), atEnd: true, missing });
  }

  history({ namespace, room, before, limit }: HistoryQuery): Promise<HistoryPage> {
    const records: LogRecord[] = [];
    let at = this.indexAfter((before ?? this.last + 1) - 1) - 1;
    for (; at >= this.head; at--) {
      const record = this.records[at]!;
      if (record.namespace !== namespace || !wentTo(record, room)) continue;
      if (records.length === limit)
        return Promise.resolve({ records: records.toReversed(), atStart: false });
      records.push(record);
    }
    return Promise.resolve({ records: records.toReversed(), atStart: true });
  }

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.kept.get(key));
  }

  // oxlint-disable-next-line typescript/require-await -- the interface is for logs that wait
  async *states(prefix: string): AsyncGenerator<{ key: string; value: string }> {
    for (const [key, value] of this.kept) if (key.startsWith(prefix)) yield { key, value };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private append(record: LogRecord): void {
    this.records.push(record);
    this.bytes += sizeOf(record);
  }

  private trim(nowMs: number): void {
    const { ageMs = Infinity, count = Infinity, bytes = Infinity } = this.retention;
    while (this.head < this.records.length) {
      const oldest = this.records[this.head]!;
      const kept = this.records.length - this.head;
      if (kept <= count && this.bytes <= bytes && oldest.atMs >= nowMs - ageMs) break;
      this.bytes -= sizeOf(oldest);
      this.records[this.head++] = undefined as never;
      for (const room of oldest.rooms.length === 0 ? [undefined] : oldest.rooms) {
        this.trimmed.set(trimKey(oldest.namespace, room), oldest.offset);
      }
      if (this.trimmed.size > trimmedRoomsMax) {
        this.trimmed.clear();
        this.floor = oldest.offset;
      }
    }
    if (this.head * 2 < this.records.length) return;
    this.records.splice(0, this.head);
    this.head = 0;
  }

  private hasLost(namespace: string, span: Span, after: number): boolean {
    const floor = this.trimmed.get(trimKey(namespace, span.room)) ?? this.floor;
    return floor > Math.max(after, span.after);
  }

  private indexAfter(offset: number): number {
    const firstOffset = this.last - (this.records.length - this.head) + 1;
    return (
      this.head + Math.min(Math.max(0, offset + 1 - firstOffset), this.records.length - this.head)
    );
  }
}

function trimKey(namespace: string, room: string | undefined): string {
  return room === undefined ? namespace : `${namespace}\n${room}`;
}

function sizeOf({ text, attachments }: LogEntry): number {
  let size = entryBytes + text.length;
  for (const attachment of attachments) size += attachment.byteLength;
  return size;
}

function wentTo({ rooms }: LogEntry, room: string | undefined): boolean {
  return room === undefined ? rooms.length === 0 : rooms.includes(room);
}

function matches(
  spans: ReadonlyMap<string | undefined, readonly Span[]>,
  { rooms, offset }: LogRecord,
): boolean {
  const any = rooms.length === 0 ? [undefined] : rooms;
  return any.some((room) =>
    spans
      .get(room)
      ?.some((span) => span.after < offset && offset <= (span.upTo ?? Number.MAX_SAFE_INTEGER)),
  );
}
