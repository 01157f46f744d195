import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from "node:fs";
import type { OpenRequest } from "../messages.ts";
import { openDatabase } from "./driver.ts";
import type { Columns, Database, Value } from "./driver.ts";
import { applicationId, transaction } from "./schema.ts";
import { Trouble } from "./trouble.ts";

const pageRows = 500;
/** Offsets that are skipped at most, where nothing can be read, until it counts as the end. */
const skipMax = 2 ** 40;

/**
 * Puts a damaged file aside and brings what can still be read into a new one in its place.
 * @returns what happened, for people
 */
export function salvage(
  path: string,
  { driver }: OpenRequest,
  damage: string,
  make: (path: string) => Database,
): string {
  const pages = mustBeLog(path);
  const aside = putAside(path);
  // SQLite opens no file that is shorter than it says.
  if (statSync(aside).size < pages) truncateSync(aside, pages);
  const to = make(path);
  const from = openDatabase(aside, driver);
  try {
    const kept = transaction(to, () => bringOver(from, to));
    return `${path} was damaged (${damage.replaceAll(/\s+/g, " ")}); ${kept} messages could be read and are kept, the damaged file is ${aside}`;
  } finally {
    close(from);
    close(to);
  }
}

/** @returns how long the file says it is. @throws Trouble when it is not one of ours, as far as its beginning tells */
function mustBeLog(path: string): number {
  const header = Buffer.alloc(100);
  const file = openSync(path, "r");
  readSync(file, header, 0, 100, 0);
  closeSync(file);
  // https://www.sqlite.org/fileformat.html#the_database_header
  if (
    header.toString("latin1", 0, 15) !== "SQLite format 3" ||
    header.readUInt32BE(68) !== applicationId
  ) {
    const what = `${path} is damaged, and its beginning does not say that it is a log`;
    throw new Trouble("LOG_NOT_A_LOG", `${what}; move it away to begin anew`);
  }
  const pageSize = header.readUInt16BE(16);
  return (pageSize === 1 ? 65_536 : pageSize) * header.readUInt32BE(28);
}

function putAside(path: string): string {
  let number = 1;
  while (existsSync(`${path}.damaged-${number}`)) number++;
  const aside = `${path}.damaged-${number}`;
  renameSync(path, aside);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
  return aside;
}

function bringOver(from: Database, to: Database): number {
  const names = new Map<number, string>();
  for (const row of rowsByNumber(from, "places", "id")) {
    names.set(row["id"] as number, row["name"] as string);
  }
  const placeOf = new Map<string, number>();
  const insertPlace = to.prepare("INSERT INTO places (name, trimmed) VALUES (?, 0) RETURNING id");
  const insertMessage = to.prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)");
  const insertSaid = to.prepare("INSERT OR IGNORE INTO said VALUES (?, ?)");
  const total = { last: 0, count: 0, bytes: 0 };
  for (const row of rowsByNumber(from, "messages", "offset")) {
    const places = String(row["places"])
      .split(" ")
      .map((id) => names.get(Number(id)));
    if (places.includes(undefined)) continue;
    const ids = (places as string[]).map((name) => {
      const known = placeOf.get(name);
      if (known !== undefined) return known;
      const id = insertPlace.get(name)!["id"] as number;
      placeOf.set(name, id);
      return id;
    });
    const offset = row["offset"] as number;
    const {
      at_ms: at,
      bytes,
      except_rooms: except,
      event,
      attachments,
    } = row as Record<string, Value>;
    insertMessage.run(offset, at!, bytes!, ids.join(" "), except!, event!, attachments!);
    for (const id of ids) insertSaid.run(id, offset);
    total.last = offset;
    total.count++;
    total.bytes += bytes as number;
  }
  for (const { key, value } of statesOf(from)) {
    to.prepare("INSERT OR IGNORE INTO states VALUES (?, ?)").run(key!, value!);
  }
  // What is missing is told to everybody by a new epoch, so no room has lost anything of this one.
  const last = Math.max(total.last, lastOf(from));
  to.prepare("UPDATE head SET last = ?, count = ?, bytes = ?").run(last, total.count, total.bytes);
  return total.count;
}

/** The rows of a table in the order of a number, without those that cannot be read. */
function* rowsByNumber(database: Database, table: string, column: string): Generator<Columns> {
  let after = 0;
  let skip = 1;
  for (;;) {
    const limit = skip === 1 ? pageRows : 1;
    const found =
      tryAll(database, table, column, after, limit) ?? tryAll(database, table, column, after, 1);
    if (found === undefined) {
      // Nearer and nearer places are not looked for: a page of the file holds more rows than this leaves out.
      if (skip > skipMax) return;
      after += skip;
      skip *= 2;
      continue;
    }
    if (found.length === 0) return;
    skip = 1;
    yield* found;
    after = found.at(-1)![column] as number;
  }
}

function tryAll(
  database: Database,
  table: string,
  column: string,
  after: number,
  limit: number,
): Columns[] | undefined {
  try {
    return database
      .prepare(`SELECT * FROM ${table} WHERE ${column} > ? ORDER BY ${column} LIMIT ?`)
      .all(after, limit);
  } catch {
    return undefined;
  }
}

/** The states, from both ends up to where nothing can be read. */
function statesOf(database: Database): Columns[] {
  const found: Columns[] = [];
  for (const [order, compare] of [
    ["ASC", ">"],
    ["DESC", "<"],
  ] as const) {
    let from: string = order === "ASC" ? "" : "\u{10ffff}";
    for (;;) {
      try {
        const sql = `SELECT key, value FROM states WHERE key ${compare} ? ORDER BY key ${order} LIMIT 1`;
        const row = database.prepare(sql).get(from);
        if (row === undefined) return found;
        found.push(row);
        from = row["key"] as string;
      } catch {
        break;
      }
    }
  }
  return found;
}

function lastOf(database: Database): number {
  try {
    return (database.prepare("SELECT last FROM head").get()?.["last"] as number | undefined) ?? 0;
  } catch {
    return 0;
  }
}

function close(database: Database): void {
  try {
    database.close();
  } catch {
    // What is damaged may not be closed in order.
  }
}
