import { closeReasonBytesMax } from "../limits.ts";
import { argumentError, WebSocketError } from "../errors.ts";
import type { WebSocketErrorCode } from "../errors.ts";
import { isWholeUtf8 } from "../frame/utf8.ts";

/** What is reported when a close frame came without a code (RFC 6455, section 7.1.5). Never on the wire. */
export const NO_STATUS = 1005;
/** What is reported when the line ended without a close frame. Never on the wire. */
export const ABNORMAL = 1006;

/** Whether a close frame may carry this code: sections 7.4.1 and 7.4.2, and 1012 to 1014 of the IANA registry. */
export function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL) ||
    (code >= 3000 && code <= 4999)
  );
}

const empty: Buffer = Buffer.alloc(0);

/**
 * The payload of a close frame.
 *
 * @throws WebSocketError `WS_ARGUMENT` when the code may not be sent, or the reason is not a string of at most 123
 * bytes, or comes without a code.
 */
export function closePayload(code?: number, reason?: string | Uint8Array): Buffer {
  if (code === undefined) {
    if (reason !== undefined && reason.length > 0)
      throw new WebSocketError("WS_ARGUMENT", "a reason needs a code");
    return empty;
  }
  if (typeof code !== "number" || !Number.isInteger(code) || !isCloseCode(code)) {
    throw argumentError(TypeError, `the close code ${String(code)} may not be sent`);
  }
  if (reason === undefined || reason.length === 0) return Buffer.of(code >>> 8, code & 0xff);
  if (typeof reason !== "string" && !(reason instanceof Uint8Array)) {
    throw argumentError(TypeError, "the close reason must be a string or a Buffer");
  }
  const bytes = typeof reason === "string" ? Buffer.from(reason) : reason;
  if (bytes.length > closeReasonBytesMax) {
    throw argumentError(RangeError, `the close reason is longer than ${closeReasonBytesMax} bytes`);
  }
  return Buffer.concat([Buffer.of(code >>> 8, code & 0xff), bytes]);
}

/** A close frame as it was received; `code` is 1005 when it had none. */
export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

/** Reads the payload of a close frame: its content, or what is wrong with it. */
export function parseClose(payload: Buffer): CloseFrame | WebSocketErrorCode {
  if (payload.length === 0) return { code: NO_STATUS, reason: "" };
  if (payload.length === 1) return "WS_CLOSE_PAYLOAD";
  const code = payload.readUInt16BE(0);
  if (!isCloseCode(code)) return "WS_CLOSE_CODE";
  if (!isWholeUtf8(payload, 2, payload.length)) return "WS_INVALID_UTF8";
  return { code, reason: payload.toString("utf8", 2) };
}
