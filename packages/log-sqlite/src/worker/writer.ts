import type { Retention } from "hawser";
import { limits } from "../limits.ts";
import { textsOfEntry } from "../messages.ts";
import type { Group } from "../messages.ts";
import type { Database, Statement } from "./driver.ts";
import { Places } from "./places.ts";
import { transaction } from "./schema.ts";

/** The row of what is kept. */
interface Head {
  last: number;
  count: number;
  bytes: number;
  floor: number;
}

/** Writes, and lets go what is beyond the retention. */
export class Writer {
  readonly places: Places;
  head: Head;
  private readonly database: Database;
  private readonly retention: Required<Retention>;
  private readonly insertMessage: Statement;
  private readonly insertSaid: Statement;
  private readonly putState: Statement;
  private readonly deleteState: Statement;
  private readonly saveHead: Statement;
  private readonly oldest: Statement;
  private readonly deleteMessages: Statement;
  private readonly deleteSaid: Statement;
  private readonly markTrimmed: Statement;
  /** When the oldest message was written; undefined: not known now. */
  private oldestAtMs: number | undefined = undefined;

  constructor(database: Database, { ageMs, count, bytes }: Retention) {
    this.database = database;
    this.retention = {
      ageMs: ageMs ?? Infinity,
      count: count ?? Infinity,
      bytes: bytes ?? Infinity,
    };
    this.places = new Places(database);
    const prepare = (sql: string): Statement => database.prepare(sql);
    this.insertMessage = prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.insertSaid = prepare("INSERT INTO said VALUES (?, ?)");
    this.putState = prepare(
      "INSERT INTO states VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    );
    this.deleteState = prepare("DELETE FROM states WHERE key = ?");
    this.saveHead = prepare("UPDATE head SET last = ?, count = ?, bytes = ?, floor = ?");
    this.oldest = prepare(
      "SELECT offset, at_ms, bytes, places FROM messages ORDER BY offset LIMIT ?",
    );
    this.deleteMessages = prepare("DELETE FROM messages WHERE offset <= ?");
    this.deleteSaid = prepare("DELETE FROM said WHERE place = ? AND offset <= ?");
    this.markTrimmed = prepare("UPDATE places SET trimmed = ? WHERE id = ?");
    this.head = this.loadHead();
  }

  /** Writes groups in one transaction; returns the offset of the first message of each commit. */
  write(groups: readonly Group[]): number[] {
    return this.changing(() => {
      const firsts: number[] = [];
      const before = this.head.last;
      for (const group of groups) this.writeGroup(group, firsts);
      const { last } = this.head;
      this.trim(groups.at(-1)!.nowMs, limits.trimEntries + 2 * (last - before));
      this.writeHead();
      return firsts;
    });
  }

  /** Lets go of some of what is beyond the retention; returns whether there may be more. */
  trimSome(nowMs: number): boolean {
    if (!this.mustTrim(nowMs)) return false;
    this.changing(() => {
      this.trim(nowMs, limits.transactionEntriesMax);
      this.writeHead();
    });
    return this.mustTrim(nowMs);
  }

  private changing<T>(work: () => T): T {
    try {
      return transaction(this.database, work);
    } catch (error) {
      this.places.forget();
      this.oldestAtMs = undefined;
      this.head = this.loadHead();
      throw error;
    }
  }

  private writeGroup(group: Group, firsts: number[]): void {
    const { texts, bytes, attachments, states, sizes, nowMs } = group;
    const { head, places, insertMessage, insertSaid } = this;
    let entry = 0;
    let state = 0;
    for (let at = 0; at < sizes.length; at += 2) {
      firsts.push(head.last + 1);
      for (const end = entry + sizes[at]!; entry < end; entry++) {
        const text = entry * textsOfEntry;
        const target = places.target(texts[text]!, texts[text + 1]!, head.floor);
        const offset = ++head.last;
        insertMessage.run(
          offset,
          nowMs,
          bytes[entry]!,
          target.places,
          texts[text + 2]!,
          texts[text + 3]!,
          blob(attachments[entry]!),
        );
        for (const id of target.ids) insertSaid.run(id, offset);
        head.bytes += bytes[entry]!;
        head.count++;
      }
      for (const end = state + sizes[at + 1]!; state < end; state++) {
        const value = states[2 * state + 1]!;
        if (value === null) this.deleteState.run(states[2 * state]!);
        else this.putState.run(states[2 * state]!, value);
      }
    }
  }

  private mustTrim(nowMs: number): boolean {
    const { head, retention } = this;
    if (head.count === 0) return false;
    if (head.count > retention.count || head.bytes > retention.bytes) return true;
    if (retention.ageMs === Infinity) return false;
    this.oldestAtMs ??= this.oldest.get(1)!["at_ms"] as number;
    return this.oldestAtMs < nowMs - retention.ageMs;
  }

  private trim(nowMs: number, max: number): void {
    if (!this.mustTrim(nowMs)) return;
    const { head, retention } = this;
    /** By place, the newest that goes. */
    const gone = new Map<string, number>();
    let upTo = 0;
    for (const row of this.oldest.all(max)) {
      this.oldestAtMs = row["at_ms"] as number;
      const isYoung = this.oldestAtMs >= nowMs - retention.ageMs;
      if (isYoung && head.count <= retention.count && head.bytes <= retention.bytes) break;
      upTo = row["offset"] as number;
      head.count--;
      head.bytes -= row["bytes"] as number;
      for (const id of (row["places"] as string).split(" ")) gone.set(id, upTo);
    }
    this.deleteMessages.run(upTo);
    for (const [id, newest] of gone) {
      this.deleteSaid.run(Number(id), newest);
      this.markTrimmed.run(newest, Number(id));
    }
    this.oldestAtMs = undefined;
    if (this.places.count > limits.placesMax) this.forgetPlaces();
  }

  /** Half of the rooms that have lost something are no longer told apart, when nothing of them is left. */
  private forgetPlaces(): void {
    const { database, head, places } = this;
    const middle = database
      .prepare(
        "SELECT trimmed FROM places WHERE trimmed > ? ORDER BY trimmed LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM places WHERE trimmed > ?)",
      )
      .get(head.floor, head.floor);
    if (middle !== undefined) head.floor = middle["trimmed"] as number;
    database
      .prepare(
        "DELETE FROM places WHERE trimmed <= ? AND NOT EXISTS (SELECT 1 FROM said WHERE place = id)",
      )
      .run(head.floor);
    places.forget();
    places.count = database.prepare("SELECT COUNT(*) AS n FROM places").get()!["n"] as number;
  }

  private loadHead(): Head {
    const row = this.database.prepare("SELECT last, count, bytes, floor FROM head").get();
    return { ...(row as unknown as Head) };
  }

  private writeHead(): void {
    const { last, count, bytes, floor } = this.head;
    this.saveHead.run(last, count, bytes, floor);
  }
}

/** One of the drivers takes Buffers only. */
function blob(bytes: Uint8Array | null): Uint8Array | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
