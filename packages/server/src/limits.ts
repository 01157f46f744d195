/** What a client can make this package hold, and for how long. */
export interface ServerLimits {
  /** How long a client may take until its first CONNECT, in ms. Option `connectTimeout`. */
  readonly connectTimeoutMs: number;
  /** How long the attachments of a packet may take to arrive, in ms. */
  readonly assemblyTimeoutMs: number;
  /** Namespaces that one connection may be in. */
  readonly namespacesPerConnectionMax: number;
  /** Namespaces that clients can make by asking for them: children of one RegExp or function. */
  readonly childNamespacesMax: number;
  /** A packet with all its attachments, as a multiple of `maxHttpBufferSize`. */
  readonly packetBytesFactor: number;
  /** Messages of one namespace that are kept for connection state recovery. */
  readonly recoveryMessagesMax: number;
  /** What they may hold, in bytes and UTF-16 units. */
  readonly recoveryBytesMax: number;
  /** What one session may be replayed, likewise; below `maxBufferedBytes`, at which its line would break again. */
  readonly recoveryReplayBytesMax: number;
  /** Sessions of one namespace that are kept while their clients are away; the oldest go first. */
  readonly recoverySessionsMax: number;
}

export const defaultLimits: ServerLimits = {
  connectTimeoutMs: 45_000,
  assemblyTimeoutMs: 30_000,
  namespacesPerConnectionMax: 1_000,
  childNamespacesMax: 100_000,
  packetBytesFactor: 10,
  recoveryMessagesMax: 100_000,
  recoveryBytesMax: 64 * 1024 * 1024,
  recoveryReplayBytesMax: 8 * 1024 * 1024,
  recoverySessionsMax: 100_000,
};
