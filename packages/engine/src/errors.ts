/** Who has to change something: the client, the developer of the server, or what lies between and below them. */
export type ErrorFault = "peer" | "developer" | "environment";

/** One row of the table: the number on the wire, the text beside it, and whose fault it is. */
export interface EngineErrorRow {
  readonly code: number;
  /** HTTP status of the answer. */
  readonly status: number;
  readonly message: string;
  readonly fault: ErrorFault;
}

export type RequestErrorName =
  | "UNKNOWN_TRANSPORT"
  | "UNKNOWN_SID"
  | "BAD_HANDSHAKE_METHOD"
  | "BAD_REQUEST"
  | "FORBIDDEN"
  | "UNSUPPORTED_PROTOCOL_VERSION";

/**
 * The errors of an HTTP or upgrade request, with the numbers of the Engine.IO protocol. The answer is JSON,
 * `{"code":…,"message":…}`, and the same goes out as the `connection_error` event.
 */
export const requestErrors: { readonly [Name in RequestErrorName]: EngineErrorRow } = {
  UNKNOWN_TRANSPORT: { code: 0, status: 400, message: "Transport unknown", fault: "peer" },
  UNKNOWN_SID: { code: 1, status: 400, message: "Session ID unknown", fault: "peer" },
  BAD_HANDSHAKE_METHOD: { code: 2, status: 400, message: "Bad handshake method", fault: "peer" },
  BAD_REQUEST: { code: 3, status: 400, message: "Bad request", fault: "peer" },
  FORBIDDEN: { code: 4, status: 403, message: "Forbidden", fault: "peer" },
  UNSUPPORTED_PROTOCOL_VERSION: {
    code: 5,
    status: 400,
    message: "Unsupported protocol version",
    fault: "peer",
  },
};

/** Why a connection ended, as the `close` event says it. */
export type CloseReason =
  | "transport error"
  | "transport close"
  | "forced close"
  | "forced server close"
  | "ping timeout"
  | "parse error";

/** Carried by every error of Hawser, whichever build or realm made it. */
const brand: symbol = Symbol.for("hawser.error");

export type EngineErrorCode =
  | "OPTION_INVALID"
  | "INVALID_PACKET"
  | "WRONG_HEARTBEAT"
  | "POLL_OVERLAP"
  | "POST_OVERLAP"
  | "POLL_ABORTED"
  | "POST_ABORTED"
  | "POST_TIMEOUT"
  | "BODY_TOO_LARGE"
  | "CONTENT_INVALID"
  | "COMPRESSION_FAILED"
  | "BUFFER_FULL"
  | "WEBSOCKET_FAILED";

/** Codes of the errors that this package throws or hands to callbacks. */
export const engineErrors: {
  readonly [Code in EngineErrorCode]: { readonly text: string; readonly fault: ErrorFault };
} = {
  OPTION_INVALID: { text: "an option has a value that cannot be used", fault: "developer" },
  INVALID_PACKET: { text: "a packet is not one of Engine.IO 4", fault: "peer" },
  WRONG_HEARTBEAT: {
    text: "the client sent a ping; in Engine.IO 4 the server does",
    fault: "peer",
  },
  POLL_OVERLAP: { text: "a second GET came while one was waiting", fault: "peer" },
  POST_OVERLAP: { text: "a second POST came while one was arriving", fault: "peer" },
  POLL_ABORTED: { text: "the client gave up the waiting GET", fault: "peer" },
  POST_ABORTED: { text: "the client gave up a POST half-way", fault: "peer" },
  POST_TIMEOUT: { text: "a POST did not arrive in time", fault: "peer" },
  BODY_TOO_LARGE: { text: "a POST is larger than maxHttpBufferSize", fault: "peer" },
  CONTENT_INVALID: { text: "a POST is not text", fault: "peer" },
  COMPRESSION_FAILED: { text: "an answer could not be compressed", fault: "environment" },
  BUFFER_FULL: { text: "more is queued than maxBufferedBytes allows", fault: "peer" },
  WEBSOCKET_FAILED: { text: "the websocket failed", fault: "peer" },
};

/** An error of this package; `code` is a key of {@link engineErrors}. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly fault: ErrorFault;

  constructor(code: EngineErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail ?? engineErrors[code].text, options);
    this.name = "EngineError";
    this.code = code;
    this.fault = engineErrors[code].fault;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises errors of another build or realm of Hawser too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }
}
