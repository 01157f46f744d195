export { fileLog } from "./file-log.ts";
export type { Durability, FileLogOptions } from "./options.ts";
export { SqliteLogError, sqliteLogErrors } from "./errors.ts";
export type { SqliteLogErrorCode } from "./errors.ts";
