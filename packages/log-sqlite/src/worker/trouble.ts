import type { SqliteLogErrorCode } from "../errors.ts";
import type { Failure } from "../messages.ts";

/** What goes wrong in the thread; on the other side it becomes an error of the package. */
export class Trouble extends Error {
  readonly code: SqliteLogErrorCode;

  constructor(code: SqliteLogErrorCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** https://www.sqlite.org/rescode.html */
const codes: Record<string, SqliteLogErrorCode> = {
  5: "LOG_LOCKED",
  SQLITE_BUSY: "LOG_LOCKED",
  6: "LOG_LOCKED",
  SQLITE_LOCKED: "LOG_LOCKED",
  11: "LOG_DAMAGED",
  SQLITE_CORRUPT: "LOG_DAMAGED",
  26: "LOG_NOT_A_LOG",
  SQLITE_NOTADB: "LOG_NOT_A_LOG",
};

/** What an error of either driver means. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Trouble) return { code: error.code, detail: error.message };
  const { errcode, code, message } = error as {
    errcode?: number;
    code?: string;
    message: string;
  };
  // Extended codes have the plain one in their lowest byte, or as their beginning.
  const key =
    errcode === undefined
      ? (/^SQLITE_[A-Z]+/.exec(String(code))?.[0] ?? "")
      : String(errcode & 0xff);
  return { code: codes[key] ?? "LOG_FAILED", detail: message };
}
