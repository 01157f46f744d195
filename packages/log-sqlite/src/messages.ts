import type { HistoryQuery, OpenedLog, ReadQuery, Retention } from "hawser";
import type { SqliteLogErrorCode } from "./errors.ts";

/** What stands in `Group.texts` for each message, in this order. */
export const textsOfEntry = 4;

/** Commits on their way to the thread: flat, because that costs the least to hand over. */
export interface Group {
  readonly kind: "commit";
  readonly nowMs: number;
  /** How many messages, and how many states, each commit has. */
  readonly sizes: number[];
  /** Of each message: namespace, rooms as JSON, exceptions as JSON (or ""), the event. */
  readonly texts: string[];
  /** Of each message: what it costs. */
  readonly bytes: number[];
  /** Of each message, see `attachments.ts`. */
  readonly attachments: (Uint8Array | null)[];
  /** Key, value; key, value. */
  readonly states: (string | null)[];
}

export interface OpenRequest {
  readonly kind: "open";
  readonly path: string;
  readonly flushEveryMs: number | undefined;
  readonly driver: "node:sqlite" | "better-sqlite3" | undefined;
  /** Tells whether the machine has been started anew. */
  readonly boot: string;
  readonly retention: Retention;
  readonly nowMs: number;
}

/** What is answered. */
export type Request =
  | OpenRequest
  | { readonly kind: "read"; readonly query: ReadQuery }
  | { readonly kind: "history"; readonly query: HistoryQuery }
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "states"; readonly prefix: string; readonly after: string | undefined }
  | { readonly kind: "close" };

export type ToThread =
  | Group
  | { readonly kind: "ask"; readonly id: number; readonly request: Request }
  | { readonly kind: "trim"; readonly nowMs: number };

/** A message as it comes out of the file. */
export interface Row {
  readonly offset: number;
  /** What it costs. */
  readonly bytes: number;
  readonly atMs: number;
  /** JSON. */
  readonly rooms: string;
  /** JSON, or "". */
  readonly except: string;
  readonly text: string;
  readonly attachments: Uint8Array | null;
}

export interface RowPage {
  /** What matched. */
  readonly offsets: number[];
  /** Of these, what the other side of the thread has no more, or not yet: see `Recent`. */
  readonly rows: Row[];
  readonly upTo: number;
  readonly atEnd: boolean;
  /** Which of the spans that were asked for. */
  readonly missing: number[];
}

export interface Failure {
  readonly code: SqliteLogErrorCode;
  readonly detail: string;
}

/** What each request is answered with. */
export interface Answers {
  readonly open: OpenedLog;
  readonly read: RowPage;
  readonly history: { readonly rows: Row[]; readonly atStart: boolean };
  readonly get: string | undefined;
  readonly states: { readonly key: string; readonly value: string }[];
  readonly close: undefined;
}

export type FromThread =
  /** The offsets of the first messages of so many commits, in order. */
  | { readonly kind: "committed"; readonly firsts: number[] }
  | { readonly kind: "refused"; readonly commits: number; readonly failure: Failure }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure };
