import type { Database } from "./driver.ts";
import { Trouble } from "./trouble.ts";

/** "HWSR": tells our files from others, https://www.sqlite.org/fileformat.html#application_id */
export const applicationId = 0x48575352;
const schemaVersion = 1;

const tables = `
  -- What was said. places: ids, in the order in which the rooms were named.
  CREATE TABLE messages (
    offset INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, places TEXT NOT NULL,
    except_rooms TEXT NOT NULL, event TEXT NOT NULL, attachments BLOB
  );
  -- name: JSON, ["/namespace"] or ["/namespace", "room"]. trimmed: up to here something of it may have gone.
  CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, trimmed INTEGER NOT NULL);
  CREATE TABLE said (
    place INTEGER NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (place, offset)
  ) WITHOUT ROWID;
  -- key: JSON of a text.
  CREATE TABLE states (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  -- One row. last: the newest offset, also when all has been trimmed. count, bytes: of what is kept. floor: up to here
  -- something may have gone of any room. The rest tells whether the file is where it was left, and as it was left.
  CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL,
    floor INTEGER NOT NULL, epoch TEXT NOT NULL, flush_ms INTEGER, boot TEXT NOT NULL, file TEXT NOT NULL,
    clean INTEGER NOT NULL
  );`;

/** From each version to the next. */
const migrations: readonly string[] = [];

/** @throws Trouble when the file belongs to another program, or to a later version */
export function mustBeOurs(database: Database): void {
  const id = pragma(database, "application_id");
  const version = pragma(database, "user_version");
  if (isEmpty(database)) return;
  if (id !== applicationId) {
    throw new Trouble("LOG_NOT_A_LOG", "it is a database of another program");
  }
  if (version > schemaVersion) {
    const both = `its format is ${version}, this package knows ${schemaVersion}`;
    throw new Trouble("LOG_NEWER", `${both}: update @hawser/log-sqlite`);
  }
}

/** Makes the tables, or brings those of an earlier version up to date. */
export function prepareSchema(database: Database): void {
  if (isEmpty(database)) {
    transaction(database, () => {
      database.exec(`PRAGMA application_id = ${applicationId}; ${tables}`);
      database.exec(`PRAGMA user_version = ${schemaVersion}`);
    });
    return;
  }
  for (let from = pragma(database, "user_version"); from < schemaVersion; from++) {
    transaction(database, () => {
      database.exec(migrations[from - 1]!);
      database.exec(`PRAGMA user_version = ${from + 1}`);
    });
  }
}

function isEmpty(database: Database): boolean {
  const { found } = database.prepare("SELECT COUNT(*) AS found FROM sqlite_schema").get()!;
  const marks = pragma(database, "application_id") + pragma(database, "user_version");
  return found === 0 && marks === 0;
}

export function transaction<T>(database: Database, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      database.exec("ROLLBACK");
    } catch {
      // Some failures have rolled it back already.
    }
    throw error;
  }
}

function pragma(database: Database, name: string): number {
  return Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0] as number;
}
