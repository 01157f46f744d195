/**
 * Everything a peer can make this package hold, and for how long. Units stand in the names. Those that are options of
 * the server have their option's name in the comment.
 */
export interface EngineLimits {
  /** Bytes of one message, of one polling request body, and `maxPayload` of the open packet. Option `maxHttpBufferSize`. */
  readonly messageBytesMax: number;
  /** Bytes queued for a client that does not read, before its connection is closed. Option `maxBufferedBytes`. */
  readonly bufferedBytesMax: number;
  /** How long a polling POST may take to arrive. */
  readonly requestBodyTimeoutMs: number;
  /** How long middlewares, `allowRequest` and `generateId` may take together before the request is refused. */
  readonly admissionTimeoutMs: number;
  /** How long a closing connection may take to hand over what is queued. */
  readonly closeTimeoutMs: number;
  /** Between two noop answers to the waiting GET while an upgrade is being probed. */
  readonly upgradeNoopIntervalMs: number;
  /** Noops that a connection gets at once meanwhile; further ones keep to the interval, so that nobody polls in circles. */
  readonly upgradeNoopsMax: number;
  /** Polling answers at least this long are compressed. Option `httpCompression.threshold`. */
  readonly compressionThresholdBytes: number;
}

export const defaultLimits: EngineLimits = {
  messageBytesMax: 1_000_000,
  bufferedBytesMax: 16 * 1024 * 1024,
  requestBodyTimeoutMs: 30_000,
  admissionTimeoutMs: 30_000,
  closeTimeoutMs: 15_000,
  upgradeNoopIntervalMs: 100,
  upgradeNoopsMax: 3,
  compressionThresholdBytes: 1024,
};
