import type { Position, SessionKey } from "@hawser/protocol/internal";

/** A message of the outbox as it is stored: what JSON can say, and `ArrayBuffer`, `Uint8Array`, `Blob`. */
export interface StoredEntry {
  /** Its place in the outbox: of two, the smaller is the older. */
  readonly id: number;
  /** The event's name and its arguments. */
  readonly args: readonly unknown[];
  readonly bytes: number;
  /** When it was emitted, in ms since 1970. */
  readonly sinceMs: number;
  /** Until when it may be sent, in ms since 1970; absent: for ever. */
  readonly expiresMs?: number | undefined;
  /** Its number in the session; absent: it has not been sent. */
  readonly counter?: number | undefined;
}

/** What a client that comes back must know. */
export interface StoredState {
  readonly session?: SessionKey | undefined;
  /** Up to where it has handled what the server sent. */
  readonly position?: Position | undefined;
  /** The number of the next message that is sent in the session. */
  readonly next: number;
}

/** What one write changes: all of it, or nothing. */
export interface StoreChanges {
  readonly state: StoredState | undefined;
  readonly put: readonly StoredEntry[];
  /** Ids of messages that are done. */
  readonly remove: readonly number[];
}

/** One outbox in a store, which nobody else has open. */
export interface OpenOutbox {
  readonly state: StoredState | undefined;
  /** What is left of before, in any order. */
  readonly entries: readonly StoredEntry[];
  /**
   * Writes; what was changed is safe when the promise resolves (or at once without one). Called again only after the
   * call before has ended.
   */
  save(changes: StoreChanges): Promise<void> | void;
  /** Lets go of it, so that others may open it. */
  close(): Promise<void> | void;
}

/** Where outboxes are kept. */
export interface OutboxStore {
  /** A Blob cannot be stored here, so it is refused at once. */
  readonly refusesBlobs?: boolean | undefined;
  /** Opens an outbox of that name that nobody else has open: one that was left behind, otherwise a new one. */
  open(name: string): Promise<OpenOutbox>;
}
