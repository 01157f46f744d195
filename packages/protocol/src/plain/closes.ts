/** Why a server closes a plain WebSocket: the `code` in its reason. */
export type PlainCloseName =
  | "CLOSED"
  | "SHUTDOWN"
  | "FRAME_INVALID"
  | "FRAME_TYPE"
  | "UTF8_INVALID"
  | "TOO_BIG"
  | "SERVER_ERROR"
  | "OVERLOAD"
  | "ERRORS_TOO_MANY"
  | "CONNECT_TIMEOUT"
  | "PING_TIMEOUT"
  | "TAKEN"
  | "SLOW"
  | "RATE"
  | "SESSION_LOST";

/** One row of the table of closes. */
export interface PlainClose {
  /** Close code of the WebSocket. */
  readonly code: number;
  /** Milliseconds after which to come back, or false: coming back leads to the same. */
  readonly retry: number | false;
  readonly text: string;
}

/** How a server closes a plain WebSocket. Codes and names are never reused. */
export const plainCloses: Readonly<Record<PlainCloseName, PlainClose>> = {
  CLOSED: { code: 1000, retry: false, text: "the application has ended the connection" },
  SHUTDOWN: { code: 1001, retry: 1_000, text: "the server goes down or restarts" },
  FRAME_INVALID: { code: 1002, retry: false, text: "a frame that breaks RFC 6455" },
  FRAME_TYPE: {
    code: 1003,
    retry: false,
    text: "a text frame with hawser.v1.msgpack, which has none",
  },
  UTF8_INVALID: { code: 1007, retry: false, text: "a text frame that is not UTF-8" },
  TOO_BIG: { code: 1009, retry: false, text: "a message larger than the server takes" },
  SERVER_ERROR: { code: 1011, retry: 5_000, text: "something failed in the server" },
  OVERLOAD: { code: 1013, retry: 5_000, text: "the server has too much to do" },
  ERRORS_TOO_MANY: { code: 4000, retry: false, text: "too many messages with mistakes" },
  CONNECT_TIMEOUT: { code: 4001, retry: false, text: "no namespace was entered in time" },
  PING_TIMEOUT: { code: 4002, retry: 0, text: "no pong in time" },
  TAKEN: { code: 4003, retry: false, text: "another connection goes on with this session" },
  SLOW: { code: 4004, retry: 1_000, text: "what was sent was read too slowly" },
  RATE: { code: 4005, retry: 5_000, text: "too many messages in a short time" },
  SESSION_LOST: { code: 4006, retry: 1_000, text: "the session cannot go on: connect anew" },
};

/**
 * The reason that goes with a close: JSON of at most 123 bytes.
 *
 * @example
 * socket.close(plainCloses.SLOW.code, plainCloseReason("SLOW")); // {"code":"SLOW","retry":1000}
 */
export function plainCloseReason(
  name: PlainCloseName,
  retry: number | false = plainCloses[name].retry,
): string {
  return `{"code":"${name}","retry":${retry}}`;
}
