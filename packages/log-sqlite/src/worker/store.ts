import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import type { OpenedLog } from "hawser";
import { limits } from "../limits.ts";
import type { OpenRequest } from "../messages.ts";
import { openDatabase } from "./driver.ts";
import type { Database } from "./driver.ts";
import { Reader } from "./reader.ts";
import { salvage } from "./salvage.ts";
import { mustBeOurs, prepareSchema } from "./schema.ts";
import { failureOf, Trouble } from "./trouble.ts";
import { Writer } from "./writer.ts";

/** https://www.sqlite.org/pragma.html#pragma_synchronous */
const synchronous = { off: 0, normal: 1, full: 2 } as const;

/** What was left by whoever had the file before. */
interface Left {
  readonly epoch: string;
  readonly flushMs: number | null;
  readonly boot: string;
  readonly file: string;
  readonly clean: number;
}

/** An open file. */
export class Store {
  readonly writer: Writer;
  readonly reader: Reader;
  readonly opened: OpenedLog;
  private readonly database: Database;
  private readonly flushEveryMs: number | undefined;
  /** When what is written now has to be on the disk; undefined: nothing waits for that. */
  private flushAtMs: number | undefined = undefined;
  private isFull = false;

  constructor(request: OpenRequest) {
    const { path, retention, flushEveryMs, nowMs } = request;
    const hadFile = existsSync(path) && statSync(path).size > 0;
    let repaired: string | undefined;
    try {
      this.database = openChecked(request);
    } catch (error) {
      if (failureOf(error).code !== "LOG_DAMAGED" || !hadFile) throw inPlace(error, path);
      repaired = salvage(path, request, failureOf(error).detail, (target) => {
        const database = openChecked({ ...request, path: target });
        firstHead(database);
        return database;
      });
      this.database = openChecked(request);
    }
    this.flushEveryMs = flushEveryMs;
    const left = firstHead(this.database) ?? this.left();
    const lost = repaired ?? (hadFile ? mayHaveLost(left, request) : undefined);
    const epoch = lost === undefined ? left.epoch : newEpoch();
    // On the disk before anything else is: that the file is in use tells whether it may have lost something.
    this.setFull(true);
    this.database
      .prepare("UPDATE head SET epoch = ?, flush_ms = ?, boot = ?, file = ?, clean = 0")
      .run(epoch, flushEveryMs ?? null, request.boot, fileId(path));
    this.setFull(flushEveryMs === undefined);
    if (flushEveryMs === 0) this.setSynchronous(synchronous.off);
    this.writer = new Writer(this.database, retention);
    this.reader = new Reader(this.database, this.writer);
    while (this.writer.trimSome(nowMs)) continue;
    const { last } = this.writer.head;
    this.opened = lost === undefined ? { epoch, last } : { epoch, last, repaired: lost };
  }

  /** Before a transaction: whether its end has to wait for the disk. */
  beforeWrite(): void {
    if (!this.flushEveryMs) return;
    const now = performance.now();
    this.flushAtMs ??= now + this.flushEveryMs;
    this.setFull(now >= this.flushAtMs);
    if (this.isFull) this.flushAtMs = undefined;
  }

  /** Messages of one transaction. */
  get entriesMax(): number {
    return this.isFull ? limits.transactionEntriesMax : limits.quickTransactionEntriesMax;
  }

  /** In how many ms {@link flush} is to be called; undefined: not at all. */
  get flushInMs(): number | undefined {
    return this.flushAtMs && Math.max(0, this.flushAtMs - performance.now());
  }

  /** What has been written gets to the disk. */
  flush(): void {
    if (this.flushAtMs === undefined) return;
    this.flushAtMs = undefined;
    this.setFull(true);
    // The end of any transaction takes along those before it.
    this.database.exec("UPDATE head SET clean = 0");
  }

  close(): void {
    this.setFull(true);
    this.database.exec("UPDATE head SET clean = 1");
    this.database.close();
  }

  private left(): Left {
    const row = this.database
      .prepare("SELECT epoch, flush_ms AS flushMs, boot, file, clean FROM head")
      .get();
    if (row === undefined) throw new Trouble("LOG_DAMAGED", "its head is missing");
    return row as unknown as Left;
  }

  private setFull(full: boolean): void {
    if (full === this.isFull) return;
    this.isFull = full;
    this.setSynchronous(full ? synchronous.full : synchronous.normal);
  }

  private setSynchronous(level: number): void {
    this.database.exec(`PRAGMA synchronous = ${level}`);
  }
}

/** Opens a file for this process alone, with its tables. @throws what {@link failureOf} understands */
function openChecked({ path, driver }: OpenRequest): Database {
  const database = openDatabase(path, driver);
  try {
    // The first access takes the lock, and keeps it until the file is closed or the process is gone.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0");
    mustBeOurs(database);
    const { journal_mode: mode } = database.prepare("PRAGMA journal_mode = WAL").get()!;
    if (mode !== "wal") {
      throw new Trouble(
        "LOG_FAILED",
        `the file system allows no write-ahead log (${String(mode)})`,
      );
    }
    database.exec("PRAGMA synchronous = 1; PRAGMA journal_size_limit = 67108864");
    prepareSchema(database);
    check(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether the file is whole. */
function check(database: Database): void {
  const [found] = Object.values(database.prepare("PRAGMA quick_check(1)").get()!);
  if (found !== "ok") throw new Trouble("LOG_DAMAGED", String(found));
  const head = database.prepare("SELECT last, count FROM head").get();
  const { n, last } = database
    .prepare("SELECT COUNT(*) AS n, COALESCE(MAX(offset), 0) AS last FROM messages")
    .get()!;
  if (head === undefined && n === 0) return;
  if (head === undefined || head["count"] !== n || head["last"]! < last!) {
    throw new Trouble("LOG_DAMAGED", "it does not have the messages that it should have");
  }
}

/** Makes the head of a file that has none. */
function firstHead(database: Database): Left | undefined {
  const epoch = newEpoch();
  const made = database
    .prepare(
      "INSERT INTO head SELECT 1, 0, 0, 0, 0, ?, NULL, '', '', 1 WHERE NOT EXISTS (SELECT 1 FROM head) RETURNING id",
    )
    .get(epoch);
  return made && { epoch, flushMs: null, boot: "", file: "", clean: 1 };
}

/** What speaks for it that the file does not have all that it once had. */
function mayHaveLost(left: Left, { path, boot }: OpenRequest): string | undefined {
  if (left.file === "") return undefined;
  if (left.file !== fileId(path)) return `${path} is a copy, or has been replaced`;
  if (left.clean === 1) return undefined;
  if (left.flushMs === null || isSameBoot(left.boot, boot)) return undefined;
  return `the machine went down while ${path} was open, and what was not yet on the disk may be missing`;
}

function isSameBoot(one: string, other: string): boolean {
  if (one === other) return true;
  // Where there is no id, it is the time of the start in seconds, by a clock that may have been set meanwhile.
  return Math.abs(Number(one) - Number(other)) < 30;
}

function fileId(path: string): string {
  return String(statSync(path, { bigint: true }).ino);
}

function newEpoch(): string {
  return randomBytes(9).toString("base64url");
}

function inPlace(error: unknown, path: string): Trouble {
  const { code, detail } = failureOf(error);
  if (code === "LOG_LOCKED") return new Trouble(code, path);
  if (code === "LOG_NOT_A_LOG") {
    const what = `${path} (${detail}); it has not been touched`;
    return new Trouble(code, `${what}: give another path, or move it away to begin anew`);
  }
  return new Trouble(code, `${path}: ${detail}`);
}
