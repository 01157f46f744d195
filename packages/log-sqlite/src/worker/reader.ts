import type { HistoryQuery, ReadQuery } from "hawser";
import { limits } from "../limits.ts";
import { Recent } from "../recent.ts";
import { fromColumn } from "../texts.ts";
import type { Answers, Row, RowPage } from "../messages.ts";
import type { Columns, Database, Statement } from "./driver.ts";
import type { Writer } from "./writer.ts";

const farthest = Number.MAX_SAFE_INTEGER;

/** Answers what is asked of the file. */
export class Reader {
  private readonly writer: Writer;
  private readonly saidAfter: Statement;
  private readonly saidBefore: Statement;
  private readonly message: Statement;
  private readonly state: Statement;
  private readonly statesFrom: Statement;
  /** What the other side has: of each message, what it costs. */
  private readonly handedOver: Recent<number> = new Recent(limits.recentBytes);

  constructor(database: Database, writer: Writer) {
    this.writer = writer;
    const prepare = (sql: string): Statement => database.prepare(sql);
    const said = "SELECT offset FROM said WHERE place = ?";
    this.saidAfter = prepare(`${said} AND offset > ? AND offset <= ? ORDER BY offset LIMIT ?`);
    this.saidBefore = prepare(`${said} AND offset < ? ORDER BY offset DESC LIMIT ?`);
    this.message = prepare("SELECT * FROM messages WHERE offset = ?");
    this.state = prepare("SELECT value FROM states WHERE key = ?");
    this.statesFrom = prepare("SELECT key, value FROM states WHERE key >= ? ORDER BY key LIMIT ?");
  }

  read({ namespace, spans, after, limit, bytes }: ReadQuery): RowPage {
    const { places, head } = this.writer;
    const missing: number[] = [];
    let found: number[] = [];
    // Of the rooms that follow, only what comes before the last one of a full page matters.
    let bound = farthest;
    for (const [at, span] of spans.entries()) {
      const place = places.lookUp(namespace, span.room);
      const from = Math.max(after, span.after);
      if ((place?.trimmed ?? head.floor) > from) missing.push(at);
      if (place === undefined) continue;
      const upTo = Math.min(span.upTo ?? farthest, bound);
      for (const row of this.saidAfter.all(place.id, from, upTo, limit + 1)) {
        found.push(row["offset"] as number);
      }
      if (found.length <= 2 * limit) continue;
      found = smallest(found, limit + 1);
      if (found.length > limit) bound = found.at(-1)!;
    }
    const offsets: number[] = [];
    const rows: Row[] = [];
    let size = 0;
    for (const offset of smallest(found, limit + 1)) {
      const known = this.handedOver.get(offset);
      const columns = known === undefined ? this.message.get(offset)! : undefined;
      const own = known ?? (columns!["bytes"] as number);
      size += own;
      if (offsets.length === limit || (size > bytes && offsets.length > 0)) {
        this.handOver(rows);
        return { offsets, rows, upTo: offset - 1, atEnd: false, missing };
      }
      offsets.push(offset);
      if (columns !== undefined) rows.push(this.rowOf(columns));
    }
    this.handOver(rows);
    return { offsets, rows, upTo: Math.max(after, head.last), atEnd: true, missing };
  }

  history({ namespace, room, before = farthest, limit }: HistoryQuery): Answers["history"] {
    const place = this.writer.places.lookUp(namespace, room);
    if (place === undefined) return { rows: [], atStart: true };
    const found = this.saidBefore.all(place.id, before, limit + 1);
    const rows = found
      .slice(0, limit)
      .map((it) => this.rowOf(this.message.get(it["offset"]!)!))
      .toReversed();
    return { rows, atStart: found.length <= limit };
  }

  get(key: string): string | undefined {
    const value = this.state.get(JSON.stringify(key))?.["value"];
    return value === undefined ? undefined : fromColumn(value as string);
  }

  /** The next states of a prefix; none: that was all. */
  states(prefix: string, after: string | undefined): Answers["states"] {
    // Keys are kept as JSON, whose beginning is that of the text.
    const beginning = JSON.stringify(prefix).slice(0, -1);
    const from = after === undefined ? beginning : `${JSON.stringify(after)}\u0001`;
    const states: { key: string; value: string }[] = [];
    for (const row of this.statesFrom.all(from, limits.statesPage)) {
      const key = row["key"] as string;
      if (!key.startsWith(beginning)) break;
      states.push({ key: JSON.parse(key) as string, value: fromColumn(row["value"] as string) });
    }
    return states;
  }

  private handOver(rows: readonly Row[]): void {
    for (const { offset, bytes } of rows) this.handedOver.add(offset, bytes, bytes);
  }

  private rowOf(columns: Columns): Row {
    return {
      offset: columns["offset"] as number,
      bytes: columns["bytes"] as number,
      atMs: columns["at_ms"] as number,
      rooms: this.writer.places.roomsOf(columns["places"] as string),
      except: columns["except_rooms"] as string,
      text: columns["event"] as string,
      attachments: columns["attachments"] as Uint8Array | null,
    };
  }
}

/** The smallest of some numbers, each once, in order. */
function smallest(numbers: readonly number[], max: number): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b).slice(0, max);
}
