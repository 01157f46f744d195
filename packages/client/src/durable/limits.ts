type LimitName =
  | "outboxBytesMax"
  | "outboxCountMax"
  | "pauseMs"
  | "pauseMsMax"
  | "disordersMax"
  | "positionEvery"
  | "positionAfterMs";

/** Bounds of an outbox, and of what the client tells the server. */
export const limits: Readonly<Record<LimitName, number>> = {
  /** Default of `maxBytes`. */
  outboxBytesMax: 8 * 1024 * 1024,
  /** Default of `maxCount`. */
  outboxCountMax: 10_000,
  /** The first pause after the server has asked to be left alone, without saying how long; it doubles. */
  pauseMs: 50,
  pauseMsMax: 5_000,
  /** How often the server may find the first message out of order before the client comes in again. */
  disordersMax: 3,
  /** The server hears of the position after so many messages, or after that time. */
  positionEvery: 256,
  positionAfterMs: 1_000,
};
