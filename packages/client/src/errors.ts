import { HawserError, errorFamily } from "@hawser/protocol";
import type { Fault } from "@hawser/protocol";

/** A code of the error table. */
export type ClientErrorCode =
  | "POLL_FAILED"
  | "POST_FAILED"
  | "WEBSOCKET_FAILED"
  | "SERVER_ERROR"
  | "PROBE_FAILED"
  | "PROBE_CLOSED"
  | "NO_TRANSPORTS"
  | "CONNECT_TIMEOUT"
  | "CONNECT_CLOSED"
  | "SERVER_TOO_OLD"
  | "ACK_TIMEOUT"
  | "DISCONNECTED"
  | "EVENT_RESERVED";

/** One row of the error table. */
export interface ClientErrorRow {
  readonly fault: Fault;
  readonly text: string;
}

/** Every error of this package; codes are never reused. The texts are those that existing software looks for. */
export const clientErrors: { readonly [Code in ClientErrorCode]: ClientErrorRow } = {
  POLL_FAILED: { fault: "environment", text: "xhr poll error" },
  POST_FAILED: { fault: "environment", text: "xhr post error" },
  WEBSOCKET_FAILED: { fault: "environment", text: "websocket error" },
  /** What the server sent is no packet, or no handshake. */
  SERVER_ERROR: { fault: "peer", text: "server error" },
  PROBE_FAILED: { fault: "environment", text: "probe error" },
  PROBE_CLOSED: { fault: "environment", text: "transport closed" },
  NO_TRANSPORTS: { fault: "developer", text: "No transports available" },
  CONNECT_TIMEOUT: { fault: "environment", text: "timeout" },
  CONNECT_CLOSED: { fault: "environment", text: "transport close" },
  SERVER_TOO_OLD: { fault: "environment", text: "the server speaks Socket.IO 2, not 3 or later" },
  ACK_TIMEOUT: { fault: "environment", text: "operation has timed out" },
  DISCONNECTED: { fault: "environment", text: "socket has been disconnected" },
  EVENT_RESERVED: { fault: "developer", text: "is a reserved event name" },
};

/** An error of this package; `code` is a row of {@link clientErrors}. */
export class ClientError extends HawserError<ClientErrorCode> {
  /** @param subject what the text speaks of */
  constructor(code: ClientErrorCode, options?: { cause?: unknown }, subject = "") {
    const { fault, text } = clientErrors[code];
    super("client", code, fault, subject + text, options);
    this.name = "ClientError";
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== ClientError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) === "client";
  }
}

/** A transport failed; `description` and `context` hold what the platform said about it. */
export class TransportError extends ClientError {
  readonly type = "TransportError" as const;
  /** For HTTP the status (0: no answer), for a websocket its error event. */
  readonly description: unknown;
  /** For HTTP the request, with `status` and `responseText`. */
  readonly context: unknown;

  constructor(code: ClientErrorCode, description: unknown, context?: unknown) {
    super(code);
    this.description = description;
    this.context = context;
  }
}
