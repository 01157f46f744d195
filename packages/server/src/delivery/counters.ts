import type { ResetReason } from "@hawser/protocol/internal";

/** What durable delivery has done since the server was made; each only grows. */
export interface DeliveryCounters {
  /** Messages that were taken into the log. */
  committed: number;
  /** Messages that were sent to a socket as they came, and such as were sent again after a gap. */
  sent: number;
  replayed: number;
  /** How often a client did not take what came, so that it was given the rest from the log. */
  laggards: number;
  /** Sessions that were made, gone on with, taken over by another connection, and ended. */
  sessionsMade: number;
  sessionsRecovered: number;
  sessionsFenced: number;
  sessionsEnded: number;
  /** Gaps that were told, by reason. */
  resets: Record<ResetReason, number>;
  /** Messages of clients that were handled: answered, failed, given back to come again. */
  accepted: number;
  failed: number;
  givenBack: number;
  /** Messages of clients that came once more and were given the original answer, or none as it is forgotten. */
  answeredAgain: number;
  answersForgotten: number;
  /** Messages that a process that was killed may have begun to handle. */
  redelivered: number;
  /** Messages that came when too many were waiting, or not in their order. */
  overloaded: number;
  outOfOrder: number;
  /** Commits and reads that the log has refused. */
  logErrors: number;
}

export function makeCounters(): DeliveryCounters {
  return {
    committed: 0,
    sent: 0,
    replayed: 0,
    laggards: 0,
    sessionsMade: 0,
    sessionsRecovered: 0,
    sessionsFenced: 0,
    sessionsEnded: 0,
    resets: { retention: 0, epoch: 0, session: 0, overflow: 0 },
    accepted: 0,
    failed: 0,
    givenBack: 0,
    answeredAgain: 0,
    answersForgotten: 0,
    redelivered: 0,
    overloaded: 0,
    outOfOrder: 0,
    logErrors: 0,
  };
}
