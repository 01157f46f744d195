/** What a peer may make one connection hold, and for how long. */
export interface WebSocketLimits {
  /** Bytes of one message, after reassembly. Checked against each frame header, before its payload is read. */
  readonly payloadBytesMax: number;
  /**
   * Frames of one message, empty ones too. Fragments cost no memory beyond their bytes, so this only ends a message
   * that would otherwise never end; no honest peer comes near it.
   */
  readonly fragmentsMax: number;
  /** How long the peer may take to finish the close handshake, or to take what was sent before it. */
  readonly closeTimeoutMs: number;
}

/** A server speaks with strangers: the payload limit is that of Engine.IO's `maxHttpBufferSize`. */
export const serverLimits: WebSocketLimits = {
  payloadBytesMax: 1_000_000,
  fragmentsMax: 1_048_576,
  closeTimeoutMs: 30_000,
};

/**
 * Bytes of one message to a `WebSocketServer`: what software that was written for `ws` counts on. Whoever needs less is
 * safer with less.
 */
export const serverMessageBytesMax = 104_857_600;

/** A client chose its server. */
export const clientLimits: WebSocketLimits = {
  payloadBytesMax: 104_857_600,
  fragmentsMax: 16_777_216,
  closeTimeoutMs: 30_000,
};

/** RFC 6455, section 5.5: the payload of a control frame. */
export const controlPayloadBytesMax = 125;

/** A close frame's payload is a code of two bytes and this much UTF-8. */
export const closeReasonBytesMax = 123;

/** How long a peer that broke the rules may take to read the close frame that says so, and go. */
export const failureTimeoutMs = 5_000;

/** How long a client leaves it to the server to end the line after both close frames (RFC 6455, section 7.1.1). */
export const serverCloseWaitMs = 1_000;

/** How long a refused handshake may take to read its answer and go. */
export const refusalTimeoutMs = 5_000;

/** Characters of a `Sec-WebSocket-Extensions` or `Sec-WebSocket-Protocol` header that are looked at. */
export const negotiationCharsMax = 8_192;

/** Redirects that a client follows when it follows any. */
export const redirectsMax = 10;

/** What waits for the end of the tick is written at once from this much on. */
export const flushBytes = 65_536;

/** What a message that waits costs beside its bytes, when it counts against `maxBuffered`. */
export const messageOverheadBytes = 128;

/** Time between two pings of a heartbeat, and how long after one the peer may stay silent. */
export const heartbeatIntervalMs = 25_000;
export const heartbeatTimeoutMs = 20_000;

/** A message of fewer bytes is not worth compressing where it cannot refer back to earlier ones. */
export const deflateThresholdBytes = 1_024;

/**
 * Messages that the process compresses or inflates at a time, in threads. More of them make an allocator keep gigabytes
 * (nodejs/node #8871), and no more than a handful of threads work on them anyway.
 */
export const deflateConcurrencyMax = 10;

/** What may wait for a peer that does not read, where the application sets no bound of its own. */
export const sendBufferBytesMax = 67_108_864;

/** How long such a peer must have taken nothing before that bound closes it. */
export const sendPatienceMs = 30_000;

/** Where the loop over a socket's messages stops reading: messages that wait for it, and their bytes. */
export const loopMessagesMax = 64;
export const loopBytesMax = 65_536;

/** Handshakes that may wait for `verifyClient`, and for how long. */
export const pendingHandshakesMax = 10_000;
export const verifyTimeoutMs = 60_000;

/** Addresses whose handshake rate is remembered; with more, the one that was away longest is forgotten. */
export const ratedAddressesMax = 100_000;

/** Characters of an address, as `addressOf` gives it, that are told apart. */
export const addressCharsMax = 128;

/** When a client that was refused for the number of connections may come back. */
export const retryAfterSeconds = 5;

/** A server on a port of its own: how long the head of a request may take, and how often that is looked at. */
export const requestHeadMs = 10_000;
export const requestCheckMs = 2_000;

/** A message is compressed at once up to this size, and in a thread above it: below, the way there and back costs more. */
export const deflateNowBytesMax = 4_096;

/** What a short message that is compressed may refer back to among earlier ones, unless `zlibDeflateOptions` says more. */
export const deflateContextBytes = 4_096;

/** A message is inflated at once when it has at most this size before and after, and in a thread otherwise. */
export const inflateNowInputBytesMax = 16_384;
export const inflateNowOutputBytesMax = 32_768;

/** Bytes that are inflated at once before the event loop goes round: some milliseconds. */
export const inflateNowTickBytesMax = 4_194_304;

/** Blocks that call themselves final, in one message. Each costs as much as a message; most senders need none. */
export const finalBlocksMax = 128;
