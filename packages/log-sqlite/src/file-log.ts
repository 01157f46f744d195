import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { resolve as absolute } from "node:path";
import { Worker } from "node:worker_threads";
import type {
  Batch,
  HistoryPage,
  HistoryQuery,
  Log,
  LogRecord,
  OpenedLog,
  Page,
  ReadQuery,
  Retention,
} from "hawser";
import { unpackAttachments } from "./attachments.ts";
import { CommitQueue } from "./commit-queue.ts";
import { SqliteLogError } from "./errors.ts";
import { limits } from "./limits.ts";
import { resolveOptions } from "./options.ts";
import { Recent } from "./recent.ts";
import { fromColumn } from "./texts.ts";
import type { Answers, Failure, FromThread, Request, Row, RowPage, ToThread } from "./messages.ts";
import type { FileLogOptions, ResolvedOptions } from "./options.ts";

/**
 * A log in one SQLite file. It writes and reads in a thread of its own; commits that come together share a
 * transaction. One process at a time has the file.
 *
 * ```ts
 * const io = new Server({ delivery: { log: fileLog("chat.db") } });
 * ```
 * @throws SqliteLogError OPTION_INVALID at once; what is wrong with the file is said by `open`
 */
export function fileLog(path: string, options: FileLogOptions = {}): Log {
  const resolved = resolveOptions(path, options);
  return new FileLog(absolute(path), resolved);
}

interface Asked {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** Files that are open in this process: its second lock of a file would not be refused by every system. */
const openPaths: Set<string> = ((globalThis as unknown as Record<symbol, Set<string> | undefined>)[
  Symbol.for("hawser.log-sqlite.open")
] ??= new Set());

class FileLog implements Log {
  private readonly path: string;
  private readonly options: ResolvedOptions;
  private readonly queue: CommitQueue;
  private worker: Worker | undefined = undefined;
  private opening: Promise<OpenedLog> | undefined = undefined;
  private closing: Promise<void> | undefined = undefined;
  /** Nothing more can be written or read. */
  private ended: Error | undefined = undefined;
  private readonly asked: Map<number, Asked> = new Map();
  private lastId = 0;
  private readonly recent: Recent<LogRecord> = new Recent(limits.recentBytes);
  private trimTimer: NodeJS.Timeout | undefined = undefined;

  constructor(path: string, options: ResolvedOptions) {
    this.path = path;
    this.options = options;
    const post = (group: ToThread): void => this.post(group);
    this.queue = new CommitQueue(post, options.now, options.queueBytes);
  }

  open(retention: Retention): Promise<OpenedLog> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    this.opening ??= this.start(retention);
    return this.opening;
  }

  commit(batch: Batch): Promise<number> {
    const committed = this.queue.add(batch, this.refusal());
    this.holdProcess();
    return committed;
  }

  async read(query: ReadQuery): Promise<Page> {
    // As soon as it comes: what `recent` has must be what the thread knows.
    const { records, upTo, atEnd, missing } = await this.ask({ kind: "read", query }, (page) => ({
      ...page,
      records: this.recordsOf(page, query.namespace),
    }));
    return { records, upTo, atEnd, missing: missing.map((at) => query.spans[at]!) };
  }

  async history(query: HistoryQuery): Promise<HistoryPage> {
    const { rows, atStart } = await this.ask({ kind: "history", query });
    return { records: rows.map((row) => recordOf(row, query.namespace)), atStart };
  }

  get(key: string): Promise<string | undefined> {
    return this.ask({ kind: "get", key });
  }

  async *states(prefix: string): AsyncGenerator<{ key: string; value: string }> {
    let after: string | undefined;
    for (;;) {
      const page = await this.ask({ kind: "states", prefix, after });
      yield* page;
      if (page.length < limits.statesPage) return;
      after = page.at(-1)!.key;
    }
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async start(retention: Retention): Promise<OpenedLog> {
    if (openPaths.has(this.path)) {
      throw new SqliteLogError("LOG_LOCKED", `${this.path} is open in this process already`);
    }
    openPaths.add(this.path);
    // From source, or as it was built.
    const file = import.meta.url.endsWith(".ts") ? "./worker/main.ts" : "./worker.js";
    const worker = new Worker(new URL(file, import.meta.url), { name: "hawser log", execArgv: [] });
    this.worker = worker;
    worker.on("message", (message: FromThread) => this.receive(message));
    worker.on("error", (error) => this.fail(new SqliteLogError("LOG_FAILED", error.message)));
    worker.once("exit", () => {
      openPaths.delete(this.path);
      this.fail(new SqliteLogError("LOG_CLOSED"));
    });
    const { flushEveryMs, driver, now } = this.options;
    const where = {
      path: this.path,
      flushEveryMs,
      driver,
      boot: bootOf(),
      retention,
      nowMs: now(),
    };
    try {
      const opened = await this.ask({ kind: "open", ...where });
      this.trimInTime(retention.ageMs);
      return opened;
    } catch (error) {
      this.ended = error as Error;
      void worker.terminate();
      throw error;
    }
  }

  /** Nobody writes, and still what is too old goes. */
  private trimInTime(ageMs: number | undefined): void {
    if (ageMs === undefined || this.closing !== undefined) return;
    const everyMs = Math.min(limits.trimEveryMs, Math.max(1_000, ageMs / 10));
    this.trimTimer = setInterval(() => {
      this.post({ kind: "trim", nowMs: this.options.now() });
    }, everyMs);
    this.trimTimer.unref();
  }

  private async end(): Promise<void> {
    const { worker } = this;
    clearInterval(this.trimTimer);
    if (worker === undefined || this.ended !== undefined) {
      this.ended ??= new SqliteLogError("LOG_CLOSED");
      return;
    }
    await this.opening?.catch(() => {});
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    this.queue.flushAll();
    if (this.ended === undefined) await this.send({ kind: "close" });
    await exited;
  }

  private refusal(): Error | undefined {
    if (this.ended !== undefined) return this.ended;
    if (this.closing !== undefined) return new SqliteLogError("LOG_CLOSED");
    return this.worker === undefined ? new SqliteLogError("LOG_NOT_OPEN") : undefined;
  }

  private ask<R extends Request, T = Answers[R["kind"]]>(
    request: R,
    read?: (answer: Answers[R["kind"]]) => T,
  ): Promise<T> {
    const refusal = this.refusal();
    return refusal === undefined ? this.send(request, read) : Promise.reject(refusal);
  }

  /** @param read makes of the answer what is wanted, in the order in which answers come */
  private send<R extends Request, T = Answers[R["kind"]]>(
    request: R,
    read?: (answer: Answers[R["kind"]]) => T,
  ): Promise<T> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const settle = (answer: Answers[R["kind"]]): void =>
        resolve(read === undefined ? (answer as T) : read(answer));
      this.asked.set(id, { resolve: settle, reject });
      this.post({ kind: "ask", id, request });
      this.holdProcess();
    });
  }

  private recordsOf({ offsets, rows }: RowPage, namespace: string): LogRecord[] {
    let next = 0;
    const fresh: LogRecord[] = [];
    const records = offsets.map((offset) => {
      const known = this.recent.get(offset);
      if (known !== undefined) return known;
      const record = recordOf(rows[next++]!, namespace);
      fresh.push(record);
      return record;
    });
    for (const [at, record] of fresh.entries()) {
      this.recent.add(record.offset, record, rows[at]!.bytes);
    }
    return records;
  }

  private post(message: ToThread): void {
    const attachments = message.kind === "commit" ? message.attachments : [];
    const own = attachments.filter((it) => it !== null).map((it) => it.buffer as ArrayBuffer);
    this.worker?.postMessage(message, own);
  }

  private receive(message: FromThread): void {
    if (message.kind === "committed") this.queue.committed(message.firsts);
    else if (message.kind === "refused")
      this.queue.failed(message.commits, errorOf(message.failure));
    else {
      const asked = this.asked.get(message.id);
      this.asked.delete(message.id);
      if (message.kind === "answer") asked?.resolve(message.value as never);
      else asked?.reject(errorOf(message.failure));
    }
    this.holdProcess();
  }

  private fail(error: Error): void {
    this.ended ??= error;
    clearInterval(this.trimTimer);
    this.queue.failAll(this.ended);
    for (const asked of this.asked.values()) asked.reject(this.ended);
    this.asked.clear();
  }

  /** The process lives as long as somebody waits for the thread, and no longer. */
  private holdProcess(): void {
    const isIdle = this.queue.isEmpty && this.asked.size === 0 && this.closing === undefined;
    if (isIdle) this.worker?.unref();
    else this.worker?.ref();
  }
}

function recordOf(row: Row, namespace: string): LogRecord {
  return {
    offset: row.offset,
    atMs: row.atMs,
    namespace,
    rooms: JSON.parse(row.rooms) as string[],
    except: row.except === "" ? [] : (JSON.parse(row.except) as string[]),
    text: fromColumn(row.text),
    attachments: unpackAttachments(row.attachments),
  };
}

function errorOf({ code, detail }: Failure): SqliteLogError {
  return new SqliteLogError(code, detail);
}

/** Another one after the machine has been started anew. */
function bootOf(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return String(Math.round(Date.now() / 1000 - uptime()));
  }
}
