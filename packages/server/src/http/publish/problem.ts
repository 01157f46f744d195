/** Codes of refusals, as they stand in answers. Never reused. */
export type ProblemCode =
  | "UNAUTHORIZED"
  | "SCOPE_MISSING"
  | "KEY_NEEDED"
  | "KEYS_UNAVAILABLE"
  | "RATE"
  | "METHOD_NOT_ALLOWED"
  | "NOT_FOUND"
  | "NAMESPACE_UNKNOWN"
  | "CONTENT_TYPE"
  | "BODY_TOO_LARGE"
  | "BODY_TIMEOUT"
  | "JSON_INVALID"
  | "TOO_DEEP"
  | "FIELD_MISSING"
  | "FIELD_UNKNOWN"
  | "FIELD_INVALID"
  | "TARGET"
  | "EVENT_RESERVED"
  | "ROOM_RESERVED"
  | "BINARY_INVALID"
  | "DELIVERY_OFF"
  | "LOG_FAILED"
  | "TIMEOUT"
  | "IDEMPOTENCY_INVALID"
  | "IDEMPOTENCY_MISMATCH"
  | "IDEMPOTENCY_BUSY"
  | "INTERNAL";

interface ProblemRow {
  readonly status: number;
  readonly text: string;
}

export const problems: { readonly [Code in ProblemCode]: ProblemRow } = {
  UNAUTHORIZED: { status: 401, text: "send a valid API key: Authorization: Bearer hk_…" },
  SCOPE_MISSING: { status: 403, text: "the API key has not the scope for this" },
  KEY_NEEDED: {
    status: 403,
    text: "without the option publish.keys only programs on this machine are served, directly and not through a page or a proxy",
  },
  KEYS_UNAVAILABLE: { status: 503, text: "the API keys cannot be read at the moment" },
  RATE: { status: 429, text: "too many requests with this API key" },
  METHOD_NOT_ALLOWED: { status: 405, text: "this path has not this method; see Allow" },
  NOT_FOUND: { status: 404, text: "there is nothing of this name" },
  NAMESPACE_UNKNOWN: { status: 404, text: "there is no such namespace" },
  CONTENT_TYPE: { status: 415, text: "the body must be application/json in UTF-8, uncompressed" },
  BODY_TOO_LARGE: { status: 413, text: "the body is too large" },
  BODY_TIMEOUT: { status: 408, text: "the body did not arrive in time" },
  JSON_INVALID: { status: 400, text: "the body is not JSON" },
  TOO_DEEP: { status: 400, text: "the JSON is nested too deeply" },
  FIELD_MISSING: { status: 400, text: "a field is missing" },
  FIELD_UNKNOWN: { status: 400, text: "a field is unknown here" },
  FIELD_INVALID: { status: 400, text: "a field has a value that cannot be used" },
  TARGET: { status: 400, text: "exactly one target is needed" },
  EVENT_RESERVED: { status: 400, text: "the name is a reserved event name" },
  ROOM_RESERVED: { status: 400, text: "the room of a user is named by the field user" },
  BINARY_INVALID: { status: 400, text: "$base64 must be a text in base64, alone in its object" },
  DELIVERY_OFF: { status: 409, text: "the server has no durable delivery: its option delivery" },
  LOG_FAILED: { status: 503, text: "the log does not take the message at the moment" },
  TIMEOUT: { status: 504, text: "it took too long; it may still happen" },
  IDEMPOTENCY_INVALID: {
    status: 400,
    text: "Idempotency-Key must be 1 to 255 visible ASCII characters",
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    text: "this Idempotency-Key came with another request before",
  },
  IDEMPOTENCY_BUSY: {
    status: 409,
    text: "too many requests are waiting for an Idempotency-Key to be answered",
  },
  INTERNAL: { status: 500, text: "something has failed in the server; its log knows more" },
};

/** What a refusal says, besides its code. */
export interface ProblemDetails {
  /** What is wrong, for people. Default: the text of the code. */
  readonly detail?: string | undefined;
  /** The place of what is wrong: a JSON pointer into the body, or a number: where the text stops being JSON. */
  readonly at?: string | number | undefined;
  /** When it is worth trying again. */
  readonly retryAfterMs?: number | undefined;
  /** What is allowed in place of the method. */
  readonly allow?: string | undefined;
}

/** The JSON of a refusal: a problem document of RFC 9457, with the code and the place as its extensions. */
export interface ProblemBody {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly at?: string | number;
}

/** A request, or an item of a batch, that is refused. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? problems[code].text);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return problems[this.code].status;
  }

  /** The same, with its place below another one: that of the item in its batch. */
  below(pointer: string): Problem {
    const { at } = this.details;
    if (typeof at === "number") return this;
    return new Problem(this.code, { ...this.details, at: pointer + (at ?? "") });
  }

  body(): ProblemBody {
    const { at } = this.details;
    const body = { status: this.status, code: this.code, detail: this.message };
    return at === undefined ? body : { ...body, at };
  }
}

/** A JSON pointer (RFC 6901). */
export function pointerOf(path: readonly unknown[]): string {
  return path.map((it) => `/${String(it).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
