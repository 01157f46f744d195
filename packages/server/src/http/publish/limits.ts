/** Bounds of what a backend can ask for over HTTP, and of what is kept for it. */
export interface PublishLimits {
  /** A request's body. */
  readonly bodyBytesMax: number;
  /** How long a body may take to arrive. */
  readonly bodyTimeoutMs: number;
  /** How deep the JSON of a body may be nested. */
  readonly depthMax: number;
  /** Items of one batch. */
  readonly batchItemsMax: number;
  /** Rooms named in one request, in each of its lists. */
  readonly roomsMax: number;
  /** Arguments of one event. */
  readonly argumentsMax: number;
  /** How long the log or the other nodes may take until the request is answered with 504. */
  readonly answerTimeoutMs: number;
  /** How long the answer of an `Idempotency-Key` is kept. */
  readonly idempotencyMs: number;
  /** Answers that are kept so; the oldest go first. */
  readonly idempotencyCountMax: number;
  /** What they may hold. */
  readonly idempotencyBytesMax: number;
  /** Requests that may wait for the first one of their `Idempotency-Key`. */
  readonly idempotencyWaitersMax: number;
  /** How long what a `keys` function gave is used. */
  readonly keysFreshMs: number;
  /** How long it is used at most while the function fails. */
  readonly keysStaleMs: number;
  /** How long the function may take. */
  readonly keysTimeoutMs: number;
}

export const defaultPublishLimits: PublishLimits = {
  bodyBytesMax: 1024 * 1024,
  bodyTimeoutMs: 10_000,
  depthMax: 100,
  batchItemsMax: 100,
  roomsMax: 1_000,
  argumentsMax: 100,
  answerTimeoutMs: 30_000,
  idempotencyMs: 600_000,
  idempotencyCountMax: 10_000,
  idempotencyBytesMax: 8 * 1024 * 1024,
  idempotencyWaitersMax: 64,
  keysFreshMs: 1_000,
  keysStaleMs: 60_000,
  keysTimeoutMs: 5_000,
};

/** Texts that name something: they are the same in the OpenAPI document. */
export const nameLengthMax = 256;
/** A page of a list. */
export const pageMax = 1_000;
export const pageDefault = 100;
