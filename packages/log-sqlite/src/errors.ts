import { errorFamily, HawserError } from "@hawser/protocol";
import type { Fault } from "@hawser/protocol";

export type SqliteLogErrorCode =
  | "OPTION_INVALID"
  | "LOG_CLOSED"
  | "LOG_NOT_OPEN"
  | "LOG_OVERLOADED"
  | "LOG_LOCKED"
  | "LOG_NOT_A_LOG"
  | "LOG_NEWER"
  | "LOG_DRIVER"
  | "LOG_DAMAGED"
  | "LOG_FAILED";

/** The errors of this package. Codes are never reused. */
export const sqliteLogErrors: {
  readonly [Code in SqliteLogErrorCode]: { readonly text: string; readonly fault: Fault };
} = {
  OPTION_INVALID: { text: "an option has a value that cannot be used", fault: "developer" },
  LOG_CLOSED: { text: "the log has been closed", fault: "developer" },
  LOG_NOT_OPEN: { text: "the log has not been opened", fault: "developer" },
  LOG_OVERLOADED: {
    text: "more is waiting to be written than queueBytes allows",
    fault: "environment",
  },
  LOG_LOCKED: { text: "the file is open in another process", fault: "environment" },
  LOG_NOT_A_LOG: { text: "the file is not a log", fault: "environment" },
  LOG_NEWER: { text: "the file was written by a later version", fault: "environment" },
  LOG_DRIVER: { text: "there is no SQLite to write with", fault: "environment" },
  LOG_DAMAGED: { text: "the file is damaged", fault: "environment" },
  LOG_FAILED: { text: "the log could not be written or read", fault: "environment" },
};

/** An error of this package; `code` is a key of {@link sqliteLogErrors}. */
export class SqliteLogError extends HawserError<SqliteLogErrorCode> {
  constructor(code: SqliteLogErrorCode, detail?: string) {
    const { text, fault } = sqliteLogErrors[code];
    super("log-sqlite", code, fault, detail === undefined ? text : `${text}: ${detail}`);
    this.name = "SqliteLogError";
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== SqliteLogError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) === "log-sqlite";
  }
}
