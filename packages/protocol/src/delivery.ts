/*
 * Durable delivery: what a client and a server that both know it say to each other.
 *
 * All of it is ordinary Socket.IO 5 packets, agreed on in CONNECT, so that a plain client or server never
 * sees any of it. The names below are reserved on sockets that have agreed; elsewhere they are ordinary.
 */

/** The version of these words. */
export const deliveryVersion = 1;

/** The key in the data of CONNECT, in both directions; the server takes it out of `handshake.auth`. */
export const deliveryKey = "$delivery";

/** The events that belong to delivery and not to the application. */
export const deliveryEvents = {
  /** Server to client `[offset, event, ...args]`: a logged message; replayed ones look the same. */
  durable: "$durable",
  /** Server to client `[offset]`: the replay is complete, and this is the client's position now. */
  live: "$live",
  /** Server to client `[ResetNotice]`: a gap was not filled. */
  reset: "$reset",
  /** Server to client `[FencedNotice]`, then DISCONNECT: another connection has taken the session. */
  fenced: "$fenced",
  /** Client to server `[offset]`: what it has handled; at most each second, and each 256 messages. */
  position: "$position",
  /** Client to server, with an acknowledgement id: `[counter, flags, event, ...args]`. */
  emit: "$emit",
} as const;

/** Bit 0 of the flags of `$emit`: the client has sent it before. */
export const sentBefore = 1;

/** A place in a log. Offsets are safe integers from 1, in one order per log; 0 is before the first. */
export interface Position {
  /** Names the log; another one each time that it may have lost something or forked. */
  epoch: string;
  offset: number;
}

/** What names a session and proves that it is one's own. */
export interface SessionKey {
  id: string;
  /** Another one with each CONNECT; the one before stays good until the new one has been used. */
  secret: string;
}

/** What a client says in CONNECT, as `$delivery` in its auth. */
export interface DeliveryRequest {
  v: number;
  /** The session that it comes back for; absent: it wants a new one. */
  session?: SessionKey;
  /** Up to where it has handled what the server sent; absent: nothing yet. */
  position?: Position;
  /** Counter of the first message of its outbox; all below are settled, and their results may be forgotten. */
  next: number;
}

/** What the server answers in CONNECT, as `$delivery` beside `sid`. Absent: it has no delivery there. */
export interface DeliveryAnswer {
  v: number;
  session: SessionKey;
  /** The same session as before, with the same `sid`, rooms and data. */
  recovered: boolean;
  /** From where it goes on; what is replayed lies after it. */
  position: Position;
  /** The highest counter that has settled, and all below it. */
  accepted: number;
  /** How many durable messages the client may have unanswered. */
  inFlight: number;
}

/** Why a gap was not filled: trimmed from the log, another log, the session is over, or too much to be kept. */
export type ResetReason = "retention" | "epoch" | "session" | "overflow";

/** What comes with `$reset`. */
export interface ResetNotice {
  reason: ResetReason;
  /** The room that lost something; absent: it may be anything. */
  room?: string;
}

/** What comes with `$fenced`. */
export interface FencedNotice {
  reason: string;
}

/** First argument of the acknowledgement of `$emit`. */
export const emitOutcome = {
  /** `[0, ...answer]`: accepted, with what the handler answered. */
  accepted: 0,
  /** `[1, DeliveryFault]`: settled with an error, which is remembered like an answer. */
  failed: 1,
  /** `[2, DeliveryRetry]`: not settled; to be sent again. */
  retry: 2,
} as const;

/** Why a durable message has failed for good. */
export type DeliveryFaultCode =
  | "NO_LISTENER"
  | "HANDLER_FAILED"
  | "HANDLER_TIMEOUT"
  | "MIDDLEWARE_REFUSED"
  /** It was accepted; the answer is no longer known. */
  | "RESULT_FORGOTTEN";

/** A durable message has failed for good. */
export interface DeliveryFault {
  code: DeliveryFaultCode;
  message: string;
  /** `data` of the application's error. */
  data?: unknown;
}

/** Why a durable message has not settled and is to be sent again. */
export type DeliveryRetryCode = "OVERLOADED" | "OUT_OF_ORDER" | "RETRY";

/** A durable message is to be sent again. */
export interface DeliveryRetry {
  code: DeliveryRetryCode;
  retryAfterMs?: number;
}
