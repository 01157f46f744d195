import { HawserError, errorFamily } from "@hawser/protocol";
import type { Fault } from "@hawser/protocol";

/** Answer to a request that is refused: the number on the wire, the HTTP status, the text, and whose fault it is. */
export interface RequestErrorRow {
  readonly code: number;
  readonly status: number;
  readonly message: string;
  readonly fault: Fault;
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
export const requestErrors: { readonly [Name in RequestErrorName]: RequestErrorRow } = {
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

/** The numbers of {@link requestErrors} by name, as npm engine.io has them on its `Server`. */
export interface RequestErrorNumbers {
  readonly UNKNOWN_TRANSPORT: 0;
  readonly UNKNOWN_SID: 1;
  readonly BAD_HANDSHAKE_METHOD: 2;
  readonly BAD_REQUEST: 3;
  readonly FORBIDDEN: 4;
  readonly UNSUPPORTED_PROTOCOL_VERSION: 5;
}

/** What npm engine.io calls with the outcome of a check; the type is here for programs that name it. */
export type ErrorCallback = (
  errorCode?: RequestErrorNumbers[RequestErrorName],
  errorContext?: Record<string, unknown> & { name?: string; message?: string },
) => void;

/** Why a connection ended, as the `close` event says it. */
export type CloseReason =
  | "transport error"
  | "transport close"
  | "forced close"
  | "forced server close"
  | "ping timeout"
  | "parse error";

/** A code of the error table. */
export type EngineErrorCode =
  | "OPTION_INVALID"
  | "PACKET_INVALID"
  | "HEARTBEAT_DIRECTION"
  | "POLL_OVERLAP"
  | "POST_OVERLAP"
  | "POLL_ABORTED"
  | "POST_ABORTED"
  | "POST_TIMEOUT"
  | "BODY_TOO_LARGE"
  | "BODY_NOT_TEXT"
  | "COMPRESSION_FAILED"
  | "BUFFER_FULL"
  | "WEBSOCKET_FAILED";

/** One row of the error table. */
export interface EngineErrorRow {
  readonly fault: Fault;
  readonly text: string;
}

/** The errors that this package throws, or gives as the description of a close. Codes are never reused. */
export const engineErrors: { readonly [Code in EngineErrorCode]: EngineErrorRow } = {
  OPTION_INVALID: { fault: "developer", text: "An option has a value that cannot be used" },
  PACKET_INVALID: { fault: "peer", text: "Not a packet of Engine.IO" },
  HEARTBEAT_DIRECTION: {
    fault: "peer",
    text: "A heartbeat came from the wrong side: in Engine.IO 4 the server pings, in 3 the client",
  },
  POLL_OVERLAP: { fault: "peer", text: "A GET came while another was waiting" },
  POST_OVERLAP: { fault: "peer", text: "A POST came while another was arriving" },
  POLL_ABORTED: { fault: "peer", text: "The client gave up the waiting GET" },
  POST_ABORTED: { fault: "peer", text: "The client gave up a POST half-way" },
  POST_TIMEOUT: { fault: "peer", text: "A POST did not arrive in time" },
  BODY_TOO_LARGE: { fault: "peer", text: "A POST is larger than maxHttpBufferSize" },
  BODY_NOT_TEXT: { fault: "peer", text: "A POST is application/octet-stream" },
  COMPRESSION_FAILED: { fault: "environment", text: "An answer could not be compressed" },
  BUFFER_FULL: {
    fault: "peer",
    text: "The client does not read: more than maxBufferedBytes is queued for it",
  },
  WEBSOCKET_FAILED: { fault: "peer", text: "The websocket failed" },
};

/** An error of this package; `code` is a row of {@link engineErrors}. */
export class EngineError extends HawserError<EngineErrorCode> {
  constructor(code: EngineErrorCode, detail?: string, options?: { cause?: unknown }) {
    const { fault, text } = engineErrors[code];
    super("engine", code, fault, detail === undefined ? text : `${text}: ${detail}`, options);
    this.name = "EngineError";
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== EngineError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) === "engine";
  }
}
