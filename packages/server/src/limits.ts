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
}

export const defaultLimits: ServerLimits = {
  connectTimeoutMs: 45_000,
  assemblyTimeoutMs: 30_000,
  namespacesPerConnectionMax: 1_000,
  childNamespacesMax: 100_000,
  packetBytesFactor: 10,
};
