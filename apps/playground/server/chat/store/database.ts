import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

// Each entry takes the file from one version of the schema to the next; entries are never changed, only added.
const migrations: readonly string[] = [
  `
  CREATE TABLE room (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL,
    author TEXT NOT NULL,
    author_name TEXT NOT NULL,
    key TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    picture_type TEXT,
    picture_bytes INTEGER,
    picture_width INTEGER,
    picture_height INTEGER,
    UNIQUE (author, key)
  ) STRICT;
  CREATE INDEX message_in_room ON message (room, id);

  CREATE TABLE picture (
    message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    bytes BLOB NOT NULL
  ) STRICT;
  `,
  // From here on messages are kept in the log. Those of before stay in the file, and are not shown.
  `
  CREATE TABLE sent_picture (
    author TEXT NOT NULL,
    key TEXT NOT NULL,
    room TEXT NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (author, key)
  ) STRICT;

  CREATE TABLE seen (
    room TEXT NOT NULL,
    member TEXT NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (room, member)
  ) STRICT, WITHOUT ROWID;
  `,
];

/**
 * Opens the file (":memory:" for none) and brings its schema up to date.
 * WAL with synchronous=NORMAL: a killed process loses nothing that was acknowledged; a power cut may lose the last moments.
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;",
  );
  migrate(database);
  return database;
}

/** Runs `work` as one transaction: all of it is kept, or nothing. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > migrations.length) {
    throw new Error(`The database was written by a newer playground (schema ${version}).`);
  }
  for (let next = version; next < migrations.length; next++) {
    transaction(database, () => {
      database.exec(migrations[next] as string);
      database.exec(`PRAGMA user_version = ${next + 1}`);
    });
  }
}
