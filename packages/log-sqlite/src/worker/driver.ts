import { createRequire } from "node:module";
import { Trouble } from "./trouble.ts";

export type Value = string | number | Uint8Array | null;
export type Columns = Record<string, Value>;

/** A prepared statement. */
export interface Statement {
  run(...values: Value[]): unknown;
  get(...values: Value[]): Columns | undefined;
  all(...values: Value[]): Columns[];
}

/** What is needed of SQLite; both drivers have it by these names. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

type DatabaseClass = new (path: string) => Database;

const require = createRequire(import.meta.url);

/** Opens a file. @throws Trouble when there is no driver */
export function openDatabase(path: string, wanted: string | undefined): Database {
  if (wanted !== "better-sqlite3") {
    const own = builtIn();
    if (own !== undefined) return new own(path);
  }
  if (wanted !== "node:sqlite") {
    const installed = betterSqlite();
    if (installed !== undefined) return new installed(path);
  }
  throw new Trouble(
    "LOG_DRIVER",
    wanted === "better-sqlite3"
      ? "better-sqlite3 is not installed: npm install better-sqlite3"
      : `Node ${process.versions.node} has no node:sqlite; use Node 22.13 or newer, or install better-sqlite3 (12 or older for Node 20)`,
  );
}

/** node:sqlite, without its warning that it is young. */
function builtIn(): DatabaseClass | undefined {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return (require("node:sqlite") as { DatabaseSync: DatabaseClass }).DatabaseSync;
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function betterSqlite(): DatabaseClass | undefined {
  let version: string;
  try {
    ({ version } = require("better-sqlite3/package.json") as { version: string });
  } catch {
    return undefined;
  }
  const node = Number.parseInt(process.versions.node, 10);
  // From 13 on it is built for Node 22; an older Node does not refuse it, it crashes.
  if (Number.parseInt(version, 10) >= 13 && node < 22) {
    const needs = `better-sqlite3 ${version} needs Node 22; this is ${process.versions.node}`;
    throw new Trouble("LOG_DRIVER", `${needs}: install better-sqlite3 12 or older`);
  }
  return require("better-sqlite3") as DatabaseClass;
}
