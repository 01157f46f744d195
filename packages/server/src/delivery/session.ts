import { Acceptance } from "./acceptance.ts";
import { resultFromText, resultToText } from "./result-text.ts";
import { Secrets } from "./secret.ts";
import { Stays } from "./stays.ts";
import type { AcceptanceLimits, Result } from "./acceptance.ts";
import type { Event } from "../socket-types.ts";
import type { Inbox } from "./inbox.ts";
import type { StateChange } from "./log.ts";
import type { SavedStays } from "./stays.ts";
import type { Shift } from "./timeline.ts";

/** A durable message of the client, and the way back: the packet's id, on the line that it came on. */
export interface Call {
  readonly event: Event;
  answer(result: Result): void;
}

/** A session as it stands in the log, as JSON. */
export interface SessionRecord {
  v: 1;
  ns: string;
  sid: string;
  user?: string | undefined;
  /** The `data` of its socket. */
  data?: unknown;
  hash: string;
  previous?: string | undefined;
  generation: number;
  position: number;
  start: number;
  stays: SavedStays;
  forgottenUpTo?: number | undefined;
  /** When its line went, in ms since the epoch; 0 while it has one. */
  leftMs: number;
  /** How long it is kept without a line, in ms, when that is not the default. */
  ageMs?: number | undefined;
}

/** Bounds of one session. */
export interface SessionLimits extends AcceptanceLimits {
  /** Stays in rooms that have ended, while the client has not handled what they covered. */
  readonly staysMax: number;
}

/** Where sessions stand in the log's states. */
export const stateKeys = {
  sessions: "s:",
  accepted: "a:",
  results: "r:",
  users: "u:",
} as const;

export function sessionKey(id: string): string {
  return stateKeys.sessions + id;
}

export function acceptedKey(id: string): string {
  return stateKeys.accepted + id;
}

export function resultsPrefix(id: string): string {
  return `${stateKeys.results}${id}:`;
}

/**
 * What survives the connections of one client in one namespace: who it is, in which rooms it was when, up to where it
 * has handled what was sent, and which of its own messages were accepted. Without I/O and without a clock.
 */
export class DeliverySession {
  readonly id: string;
  readonly namespace: string;
  /** The id of its sockets, one after another. */
  sid: string;
  user: string | undefined;
  data: unknown;
  readonly secrets: Secrets;
  /** Counts its connections: the newest wins. */
  generation: number;
  /** Up to where its client says to have handled what was sent. */
  position: number;
  /** The position that was saved last. */
  savedPosition: number;
  readonly stays: Stays;
  readonly acceptance: Acceptance<Call>;
  leftMs: number;
  /** What its socket's `data` is now; set while it has one. */
  readData: (() => unknown) | undefined = undefined;
  /** Made with the first durable message of the client. */
  inbox: Inbox | undefined = undefined;
  /** Not yet to be saved: its first rooms are not known yet, so that it would come back as half a session. */
  isHalf = false;
  /** Which of the clients that came for it came last. */
  newestArrival = 0;
  readonly ageMs: number | undefined;

  constructor(
    id: string,
    record: SessionRecord,
    limits: SessionLimits,
    accepted: number,
    loaded: boolean,
  ) {
    this.id = id;
    this.namespace = record.ns;
    this.sid = record.sid;
    this.user = record.user;
    this.data = record.data;
    this.secrets = new Secrets(record.hash, record.previous);
    this.generation = record.generation;
    this.position = record.position;
    this.savedPosition = record.position;
    this.stays = new Stays(record.start, limits.staysMax, record.stays);
    this.stays.forgottenUpTo = record.forgottenUpTo ?? 0;
    this.acceptance = new Acceptance(accepted, limits, loaded);
    this.leftMs = record.leftMs;
    this.ageMs = record.ageMs;
  }

  /** Its client has handled what was sent up to here. */
  handled(offset: number): void {
    if (offset <= this.position) return;
    this.position = offset;
    this.stays.prune(offset);
  }

  shift(move: Shift): void {
    this.position = move(this.position);
    this.stays.shift(move);
  }

  /** What is to be saved; its acceptance is saved apart. */
  record(): SessionRecord {
    this.savedPosition = this.position;
    if (this.readData !== undefined) this.data = this.readData();
    return {
      v: 1,
      ns: this.namespace,
      sid: this.sid,
      user: this.user,
      data: this.data,
      hash: this.secrets.hash,
      previous: this.secrets.previous,
      generation: this.generation,
      position: this.position,
      start: this.stays.start,
      stays: this.stays.toJSON(),
      forgottenUpTo: this.stays.forgottenUpTo || undefined,
      leftMs: this.leftMs,
      ageMs: this.ageMs,
    };
  }

  /** The states that say that a message has been answered. */
  acceptedStates(counter: number, result: Result, forgotten: readonly number[]): StateChange[] {
    return [
      { key: acceptedKey(this.id), value: String(this.acceptance.settled) },
      { key: resultsPrefix(this.id) + counter, value: resultToText(result) },
      ...this.forgottenStates(forgotten),
    ];
  }

  /** The states that say that answers are no longer kept. */
  forgottenStates(forgotten: readonly number[]): StateChange[] {
    const prefix = resultsPrefix(this.id);
    return forgotten.map((counter) => ({ key: prefix + counter, value: null }));
  }

  /** Puts back an answer from the log's states. */
  restoreResult(key: string, value: string): void {
    const counter = Number(key.slice(resultsPrefix(this.id).length));
    this.acceptance.restore(counter, resultFromText(value));
  }
}
