/** What is said, as it is kept: the JSON of the event's array, and its attachments. */
export interface LogEntry {
  readonly namespace: string;
  /** The rooms that it went to; none: to the whole namespace. */
  readonly rooms: readonly string[];
  readonly except: readonly string[];
  readonly text: string;
  readonly attachments: readonly Uint8Array[];
}

/** An entry at its place. */
export interface LogRecord extends LogEntry {
  readonly offset: number;
  /** When it was written, in ms since the epoch. */
  readonly atMs: number;
}

/** A small named state beside the messages: sessions, users, answers. `null` deletes it. */
export interface StateChange {
  readonly key: string;
  readonly value: string | null;
}

/** What is written at once, or not at all. */
export interface Batch {
  readonly entries: readonly LogEntry[];
  readonly states: readonly StateChange[];
}

/** A room from one offset (exclusive) to another (inclusive; absent: still). */
export interface Span {
  /** undefined: what went to the whole namespace. */
  readonly room: string | undefined;
  readonly after: number;
  readonly upTo?: number;
}

/** A page of what matched. */
export interface Page {
  readonly records: LogRecord[];
  /** Looked at up to here: go on with `after: upTo`. */
  readonly upTo: number;
  readonly atEnd: boolean;
  /** Spans of which something that lay after `after` has been trimmed. */
  readonly missing: Span[];
}

export interface ReadQuery {
  readonly namespace: string;
  readonly spans: readonly Span[];
  readonly after: number;
  /** Messages of a page. */
  readonly limit: number;
  /** Bytes of a page; a message that is larger comes alone. */
  readonly bytes: number;
}

export interface HistoryQuery {
  readonly namespace: string;
  /** undefined: what went to the whole namespace. */
  readonly room: string | undefined;
  /** Exclusive; absent: from the newest on. */
  readonly before?: number;
  readonly limit: number;
}

export interface HistoryPage {
  /** The newest last. */
  readonly records: LogRecord[];
  /** Whether there is nothing before them. */
  readonly atStart: boolean;
}

/** What is kept; a bound that is absent does not hold. */
export interface Retention {
  readonly ageMs?: number;
  readonly count?: number;
  readonly bytes?: number;
}

export interface OpenedLog {
  /** Another one whenever the log may have lost something or forked. */
  readonly epoch: string;
  /** The newest offset; 0 when there is none. */
  readonly last: number;
  /** What was mended, and what it cost. */
  readonly repaired?: string;
}

/**
 * An ordered, append-only record of durable messages, and small states that change together with it. Offsets are safe
 * integers from 1, in one order for all namespaces.
 */
export interface Log {
  open(retention: Retention): Promise<OpenedLog>;
  /**
   * Writes a batch, atomically. The order of calls is the order of the offsets, and the order in which the promises
   * settle; concurrent calls share a transaction. Resolves when it is durable, with the offset of the first entry.
   */
  commit(batch: Batch): Promise<number>;
  /** Reads forwards; costs what matches. */
  read(query: ReadQuery): Promise<Page>;
  /** Reads backwards, one room. */
  history(query: HistoryQuery): Promise<HistoryPage>;
  get(key: string): Promise<string | undefined>;
  /** The states whose keys begin with a prefix. */
  states(prefix: string): AsyncIterable<{ readonly key: string; readonly value: string }>;
  close(): Promise<void>;
}
