import { refusals } from "../../shared/chat/errors.ts";
import type { ChatError, RefusalCode } from "../../shared/chat/errors.ts";

/** Thrown where a request cannot be granted; becomes the answer to the page. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: RefusalCode, retryAfterMs?: number) {
    super(refusals[code]);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  toChatError(): ChatError {
    const error = { code: this.code, text: this.message };
    return this.retryAfterMs === undefined ? error : { ...error, retryAfterMs: this.retryAfterMs };
  }
}
