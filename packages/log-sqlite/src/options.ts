import { SqliteLogError } from "./errors.ts";
import { limits } from "./limits.ts";

/**
 * When a message counts as written.
 * - `"fsync"`: it is on the disk; survives a loss of power. Concurrent messages share one flush.
 * - `{ batchedMs }`: the operating system has it, and it is on the disk within so many ms; survives the death of the
 *   process. After a loss of power the epoch is a new one, and clients are told a reset.
 * - `"none"`: the same, and when it gets to the disk is up to the operating system.
 */
export type Durability = "fsync" | "none" | { readonly batchedMs: number };

export interface FileLogOptions {
  /** Default `"fsync"`. */
  durability?: Durability | undefined;
  /**
   * What may wait to be written, in bytes; beyond it a commit is rejected with `LOG_OVERLOADED`. Default 64 MB.
   */
  queueBytes?: number | undefined;
  /** Default: `node:sqlite` where Node has it, else better-sqlite3, which is to be installed beside. */
  driver?: "node:sqlite" | "better-sqlite3" | undefined;
  /** The clock, in ms since the epoch; for tests. */
  now?: (() => number) | undefined;
}

export interface ResolvedOptions {
  /** undefined: fsync; 0: never by itself. */
  readonly flushEveryMs: number | undefined;
  readonly queueBytes: number;
  readonly driver: "node:sqlite" | "better-sqlite3" | undefined;
  readonly now: () => number;
}

/** Checks the options. @throws SqliteLogError with the option's name and what was expected */
export function resolveOptions(path: string, options: FileLogOptions): ResolvedOptions {
  if (typeof path !== "string" || path === "" || path.includes("\0") || path === ":memory:") {
    throw invalid("path", path, 'the path of a file, such as "chat.db"');
  }
  const { durability = "fsync", queueBytes = limits.queueBytes, driver, now = Date.now } = options;
  if (!(queueBytes > 0)) throw invalid("queueBytes", queueBytes, "a number of bytes above 0");
  if (driver !== undefined && driver !== "node:sqlite" && driver !== "better-sqlite3") {
    throw invalid("driver", driver, '"node:sqlite" or "better-sqlite3"');
  }
  return { flushEveryMs: flushEveryMs(durability), queueBytes, driver, now };
}

function flushEveryMs(durability: Durability): number | undefined {
  if (durability === "fsync") return undefined;
  if (durability === "none") return 0;
  const ms: unknown = durability?.batchedMs;
  if (typeof ms === "number" && ms > 0 && ms <= 3_600_000) return ms;
  throw invalid("durability", durability, '"fsync", { batchedMs: 1 to 3600000 } or "none"');
}

function invalid(name: string, value: unknown, wanted: string): SqliteLogError {
  const given = typeof value === "number" ? String(value) : JSON.stringify(value);
  return new SqliteLogError("OPTION_INVALID", `${name} is ${given}; expected ${wanted}`);
}
