import type { WebSocketError, WebSocketErrorCode } from "../errors.ts";

/** The codes of `ws` for what a peer does wrong on an open line. Software that was written for it looks at these. */
export type WsErrorCode =
  | "WS_ERR_EXPECTED_FIN"
  | "WS_ERR_EXPECTED_MASK"
  | "WS_ERR_INVALID_CLOSE_CODE"
  | "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH"
  | "WS_ERR_INVALID_OPCODE"
  | "WS_ERR_INVALID_UTF8"
  | "WS_ERR_TOO_MANY_BUFFERED_PARTS"
  | "WS_ERR_UNEXPECTED_MASK"
  | "WS_ERR_UNEXPECTED_RSV_1"
  | "WS_ERR_UNEXPECTED_RSV_2_3"
  | "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH"
  | "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";

const wsCodes: { readonly [Code in WebSocketErrorCode]?: WsErrorCode } = {
  WS_RESERVED_OPCODE: "WS_ERR_INVALID_OPCODE",
  WS_UNEXPECTED_CONTINUATION: "WS_ERR_INVALID_OPCODE",
  WS_EXPECTED_CONTINUATION: "WS_ERR_INVALID_OPCODE",
  WS_CONTROL_FRAGMENTED: "WS_ERR_EXPECTED_FIN",
  WS_CONTROL_TOO_LONG: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH",
  WS_CLOSE_PAYLOAD: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH",
  WS_CLOSE_CODE: "WS_ERR_INVALID_CLOSE_CODE",
  WS_MASK_MISSING: "WS_ERR_EXPECTED_MASK",
  WS_MASK_FORBIDDEN: "WS_ERR_UNEXPECTED_MASK",
  WS_TOO_MANY_FRAGMENTS: "WS_ERR_TOO_MANY_BUFFERED_PARTS",
  WS_INVALID_UTF8: "WS_ERR_INVALID_UTF8",
  WS_LENGTH_NEGATIVE: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  WS_PAYLOAD_TOO_BIG: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
};

/** What the listeners of `error` get. */
export interface FrameError extends Error {
  /** The code of `ws`. */
  readonly code: WsErrorCode;
  /** The error of this package's own table, which tells more apart. */
  readonly cause: WebSocketError;
}

/** The error as software written for `ws` knows it, where `ws` has a code for it; our own is its cause. */
export function listenerError(error: WebSocketError): WebSocketError | FrameError {
  const code =
    wsCodes[error.code] ?? (error.code === "WS_RESERVED_BITS" ? reservedCode(error) : undefined);
  if (code === undefined) return error;
  const Class = code === "WS_ERR_INVALID_UTF8" ? Error : RangeError;
  const told = new Class(`Invalid WebSocket frame: ${error.message}`, { cause: error });
  return Object.assign(told, { code }) as FrameError;
}

function reservedCode(error: WebSocketError): WsErrorCode {
  return error.message.endsWith("RSV1") ? "WS_ERR_UNEXPECTED_RSV_1" : "WS_ERR_UNEXPECTED_RSV_2_3";
}
