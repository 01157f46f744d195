/** What one plain client can make the server hold or do. */
export interface PlainLimits {
  /** Bytes of one message. Default: `maxHttpBufferSize`. */
  readonly messageBytes: number;
  /** Bytes of one message before the first namespace is entered. Default 65536. */
  readonly earlyMessageBytes: number;
  /** Messages that are kept while middlewares look at the client. Default 64. */
  readonly heldMessages: number;
  /** What these may hold, in bytes. Default 65536. */
  readonly heldBytes: number;
  /** What may wait for a client that is in no namespace, in bytes. Default 65536. */
  readonly earlyAnswerBytes: number;
  /** Levels of arrays and objects in one message. Default 100. */
  readonly depth: number;
  /** Binaries in one message. Default 100. */
  readonly binaries: number;
  /** Rooms that one client may be subscribed to. Default 1000. */
  readonly subscriptionsMax: number;
  /** Length of the name of such a room, in UTF-16 units. Default 256. */
  readonly roomNameChars: number;
  /** Namespaces of one connection. Default 100. */
  readonly namespaces: number;
  /** Grammar errors in one connection until it is closed. Default 16. */
  readonly errorsMax: number;
  /** Messages per second, on the average; twice as many at once. Default Infinity. */
  readonly messagesPerSecond: number;
}

export const defaultPlainLimits: PlainLimits = {
  messageBytes: Infinity,
  earlyMessageBytes: 65_536,
  heldMessages: 64,
  heldBytes: 65_536,
  earlyAnswerBytes: 65_536,
  depth: 100,
  binaries: 100,
  subscriptionsMax: 1_000,
  roomNameChars: 256,
  namespaces: 100,
  errorsMax: 16,
  messagesPerSecond: Infinity,
};
