import type {
  Batch,
  HistoryPage,
  HistoryQuery,
  LogRecord,
  Page,
  ReadQuery,
  Retention,
} from "../src/delivery/log.ts";

/** Forgets nothing, and looks at everything for each answer: so plain that it must be right. */
export class NaiveLog {
  private readonly retention: Retention;
  private readonly all: LogRecord[] = [];
  /** Up to here it counts as trimmed. */
  private floor = 0;

  constructor(retention: Retention) {
    this.retention = retention;
  }

  commit({ entries }: Batch, atMs: number): number {
    const first = this.all.length + 1;
    for (const entry of entries) this.all.push({ ...entry, offset: this.all.length + 1, atMs });
    while (this.kept.length > 0 && this.mustTrim(atMs)) this.floor++;
    return first;
  }

  read({ namespace, spans, after, limit, bytes }: ReadQuery): Page {
    const wanted = (record: LogRecord, within: ReadQuery["spans"]) =>
      record.namespace === namespace &&
      record.offset > after &&
      within.some(
        (span) =>
          isTo(record, span.room) &&
          record.offset > span.after &&
          record.offset <= (span.upTo ?? Infinity),
      );
    const found = this.kept.filter((it) => wanted(it, spans));
    const records: LogRecord[] = [];
    let size = 0;
    for (const record of found) {
      size += sizeOf(record);
      if (records.length === limit || (size > bytes && records.length > 0)) break;
      records.push(record);
    }
    const trimmed = this.all.slice(0, this.floor);
    // A log need not know what lay within a span that has ended: what came after it may count, too.
    const missing = spans.filter((span) =>
      trimmed.some((it) => wanted(it, [{ room: span.room, after: span.after }])),
    );
    const atEnd = records.length === found.length;
    return { records, upTo: 0, atEnd, missing };
  }

  history({ namespace, room, limit }: HistoryQuery): HistoryPage {
    const found = this.kept.filter((it) => it.namespace === namespace && isTo(it, room));
    return { records: found.slice(-limit), atStart: found.length <= limit };
  }

  /** Whether nothing waits for the next message to be trimmed. */
  isUpToDate(nowMs: number): boolean {
    return this.kept.length === 0 || !this.mustTrim(nowMs);
  }

  private get kept(): LogRecord[] {
    return this.all.slice(this.floor);
  }

  private mustTrim(nowMs: number): boolean {
    const { ageMs = Infinity, count = Infinity, bytes = Infinity } = this.retention;
    const { kept } = this;
    const size = kept.reduce((sum, it) => sum + sizeOf(it), 0);
    return kept.length > count || size > bytes || kept[0]!.atMs < nowMs - ageMs;
  }
}

function isTo({ rooms }: LogRecord, room: string | undefined): boolean {
  return room === undefined ? rooms.length === 0 : rooms.includes(room);
}

function sizeOf({ text, attachments }: LogRecord): number {
  return attachments.reduce((sum, it) => sum + it.byteLength, 128 + text.length);
}
