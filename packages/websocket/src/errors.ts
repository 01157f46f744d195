/** Whose fault an error is: the other end's, the application's, or that of what lies between. */
export type Fault = "peer" | "developer" | "environment";

interface ErrorEntry {
  readonly text: string;
  readonly fault: Fault;
  /** The close code that the peer is told, where the line can still tell it. */
  readonly close?: number;
  /** The HTTP status that answers the handshake. */
  readonly status?: number;
}

/**
 * Every error of this package. A code, once published, is never used for something else. Where `ws` has no code for an
 * error, software tells it by its text: those texts are the same here.
 */
export const errorTable = {
  WS_RESERVED_BITS: { text: "a reserved bit is set", fault: "peer", close: 1002 },
  WS_RESERVED_OPCODE: { text: "the opcode is reserved", fault: "peer", close: 1002 },
  WS_CONTROL_FRAGMENTED: { text: "a control frame is fragmented", fault: "peer", close: 1002 },
  WS_CONTROL_TOO_LONG: {
    text: "a control frame is longer than 125 bytes",
    fault: "peer",
    close: 1002,
  },
  WS_UNEXPECTED_CONTINUATION: {
    text: "a continuation without a message",
    fault: "peer",
    close: 1002,
  },
  WS_EXPECTED_CONTINUATION: {
    text: "a new message inside a fragmented one",
    fault: "peer",
    close: 1002,
  },
  WS_MASK_MISSING: { text: "a client's frame is not masked", fault: "peer", close: 1002 },
  WS_MASK_FORBIDDEN: { text: "a server's frame is masked", fault: "peer", close: 1002 },
  WS_LENGTH_NOT_MINIMAL: {
    text: "the payload length is not in its shortest form",
    fault: "peer",
    close: 1002,
  },
  WS_LENGTH_NEGATIVE: {
    text: "the first bit of a 64-bit length is set",
    fault: "peer",
    close: 1002,
  },
  WS_CLOSE_PAYLOAD: {
    text: "a close frame with a payload of one byte",
    fault: "peer",
    close: 1002,
  },
  WS_CLOSE_CODE: { text: "the close code may not be sent", fault: "peer", close: 1002 },
  WS_INVALID_UTF8: { text: "text is not valid UTF-8", fault: "peer", close: 1007 },
  WS_PAYLOAD_TOO_BIG: { text: "the message is longer than allowed", fault: "peer", close: 1009 },
  WS_TOO_MANY_FRAGMENTS: { text: "the message has too many fragments", fault: "peer", close: 1008 },
  WS_EXTENSION_DATA: {
    text: "the payload cannot be decoded by its extension",
    fault: "peer",
    close: 1007,
  },
  WS_SOCKET: { text: "the socket failed", fault: "environment" },
  WS_CLOSE_TIMEOUT: { text: "the peer did not finish the close handshake in time", fault: "peer" },
  WS_HANDSHAKE_METHOD: { text: "the method must be GET", fault: "peer", status: 405 },
  WS_HANDSHAKE_UPGRADE: {
    text: "the Upgrade header is missing or is not websocket",
    fault: "peer",
    status: 400,
  },
  WS_HANDSHAKE_KEY: {
    text: "the Sec-WebSocket-Key header is missing or invalid",
    fault: "peer",
    status: 400,
  },
  WS_HANDSHAKE_VERSION: {
    text: "the Sec-WebSocket-Version must be 13 or 8",
    fault: "peer",
    status: 400,
  },
  WS_HANDSHAKE_PROTOCOL: {
    text: "the Sec-WebSocket-Protocol header is invalid",
    fault: "peer",
    status: 400,
  },
  WS_HANDSHAKE_EXTENSIONS: {
    text: "the Sec-WebSocket-Extensions header is invalid",
    fault: "peer",
    status: 400,
  },
  WS_HANDSHAKE_HTTP: { text: "plain HTTP is not served here", fault: "peer", status: 426 },
  WS_HANDSHAKE_PATH: { text: "nothing is served at this path", fault: "peer", status: 400 },
  WS_HANDSHAKE_REFUSED: { text: "the connection is not admitted", fault: "peer", status: 401 },
  WS_SERVER_CLOSING: { text: "the server is closing", fault: "environment", status: 503 },
  WS_HANDSHAKE_RESPONSE: {
    text: "the server's answer is not a WebSocket handshake",
    fault: "peer",
  },
  WS_UNEXPECTED_RESPONSE: { text: "Unexpected server response", fault: "peer" },
  WS_HANDSHAKE_TIMEOUT: { text: "Opening handshake has timed out", fault: "environment" },
  WS_HANDSHAKE_ABORTED: {
    text: "WebSocket was closed before the connection was established",
    fault: "developer",
  },
  WS_HEARTBEAT_TIMEOUT: {
    text: "the peer showed no sign of life after a ping",
    fault: "environment",
  },
  WS_LINE_LOST: { text: "the line ended without a close frame", fault: "environment" },
  WS_BUFFER_FULL: {
    text: "more than maxBuffered waits to be sent, since the peer does not read",
    fault: "peer",
    close: 1013,
  },
  WS_TOO_MANY_CONNECTIONS: { text: "too many connections", fault: "environment", status: 503 },
  WS_TOO_MANY_PENDING: {
    text: "too many handshakes wait to be verified",
    fault: "environment",
    status: 503,
  },
  WS_VERIFY_TIMEOUT: {
    text: "verifying the handshake took too long",
    fault: "developer",
    status: 503,
  },
  WS_TOO_MANY_FROM_ADDRESS: {
    text: "too many connections from this address",
    fault: "peer",
    status: 429,
  },
  WS_TOO_MANY_HANDSHAKES: { text: "too many handshakes", fault: "peer", status: 429 },
  WS_REDIRECTS: { text: "Maximum redirects exceeded", fault: "peer" },
  WS_NOT_OPEN: { text: "WebSocket is not open", fault: "developer" },
  WS_ARGUMENT: { text: "an argument is invalid", fault: "developer" },
} as const;

/** A code of the error table. */
export type WebSocketErrorCode = keyof typeof errorTable;

/** The codes that answer a handshake. */
export type HandshakeErrorCode = {
  [Code in WebSocketErrorCode]: (typeof errorTable)[Code] extends { status: number } ? Code : never;
}[WebSocketErrorCode];

const brand: unique symbol = Symbol.for("hawser.error") as never;

function mark<Marked extends Error>(error: Marked): Marked {
  return Object.defineProperty(error, brand, { value: "websocket" });
}

/** A mistake of the developer's that JavaScript has a class for: a WebSocketError that is of that class too. */
export function argumentError(
  Class: typeof TypeError | typeof RangeError,
  detail: string,
): WebSocketError {
  const { text, fault } = errorTable.WS_ARGUMENT;
  const code: WebSocketErrorCode = "WS_ARGUMENT";
  const known = { code, fault, closeCode: undefined, status: undefined };
  return mark(Object.assign(new Class(`${text}: ${detail}`), known)) as unknown as WebSocketError;
}

/**
 * The one error class of this package. `instanceof` looks at a brand, so it holds across realms and across the ESM
 * and CommonJS builds.
 */
export class WebSocketError extends Error {
  override readonly name = "WebSocketError";
  readonly code: WebSocketErrorCode;
  readonly fault: Fault;
  /** The close code that tells the peer of it, where there is one. */
  readonly closeCode: number | undefined;
  /** The HTTP status that answers a handshake failing so, where there is one. */
  readonly status: number | undefined;

  constructor(code: WebSocketErrorCode, detail?: string, options?: ErrorOptions) {
    const entry: ErrorEntry = errorTable[code];
    super(detail === undefined ? entry.text : `${entry.text}: ${detail}`, options);
    this.code = code;
    this.fault = entry.fault;
    this.closeCode = entry.close;
    this.status = entry.status;
    mark(this);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return (
      typeof value === "object" &&
      value !== null &&
      (value as Record<symbol, unknown>)[brand] === "websocket"
    );
  }
}
