import { HawserError, errorFamily } from "../errors.ts";
import type { PlainFault } from "./message.ts";

/** Codes of what is wrong with the words of a message; the decoders throw them. */
export type PlainErrorCode =
  | "JSON_INVALID"
  | "MSGPACK_INVALID"
  | "TOO_DEEP"
  | "MESSAGE_SHAPE"
  | "MESSAGE_TOO_LARGE"
  | "VERB_MISSING"
  | "VERB_CONFLICT"
  | "FIELD_UNKNOWN"
  | "FIELD_INVALID"
  | "EVENT_RESERVED"
  | "BINARY_MISSING"
  | "BINARY_UNEXPECTED"
  | "BINARY_TOO_MANY"
  | "TEXT_UNEXPECTED";

/** Codes of what a server does not want or cannot do. */
export type PlainRefusalCode =
  | "REFUSED"
  | "NAMESPACE_UNKNOWN"
  | "ALREADY_CONNECTED"
  | "NOT_CONNECTED"
  | "TOO_EARLY"
  | "SUBSCRIBE_REFUSED"
  | "SUBSCRIPTIONS_TOO_MANY"
  | "NAMESPACES_TOO_MANY"
  | "RATE"
  | "NO_SESSION"
  | "DELIVERY_OFF"
  | "EVENT_REFUSED";

/** The texts of all codes that `{"error":…}` may carry. Codes are never reused. */
export const plainErrors: Readonly<Record<PlainErrorCode | PlainRefusalCode, string>> = {
  JSON_INVALID: "Invalid JSON",
  MSGPACK_INVALID: "Invalid MessagePack",
  TOO_DEEP: "Nested too deep",
  MESSAGE_SHAPE: "A message is an object",
  MESSAGE_TOO_LARGE: "The message is too large",
  VERB_MISSING: "No verb: a message says what it is about",
  VERB_CONFLICT: "Two verbs in one message",
  FIELD_UNKNOWN: "Unknown field",
  FIELD_INVALID: "Invalid value",
  EVENT_RESERVED: "Reserved event name",
  BINARY_MISSING: "No binary frame for this placeholder",
  BINARY_UNEXPECTED: "A binary frame that was not announced",
  BINARY_TOO_MANY: "Too many binary frames",
  TEXT_UNEXPECTED: "Text arrived while binary frames were awaited",
  REFUSED: "Refused",
  NAMESPACE_UNKNOWN: "There is no such namespace",
  ALREADY_CONNECTED: "Already connected to this namespace",
  NOT_CONNECTED: "Not connected to this namespace",
  TOO_EARLY: "Too much before the answer to connect",
  SUBSCRIBE_REFUSED: "This subscription is not allowed",
  SUBSCRIPTIONS_TOO_MANY: "Too many subscriptions",
  NAMESPACES_TOO_MANY: "Too many namespaces",
  RATE: "Too many messages",
  NO_SESSION: "This needs a session",
  DELIVERY_OFF: "This server keeps no sessions here",
  EVENT_REFUSED: "The event was refused",
};

const family = "protocol.plain";

/** What was known of a message when it turned out to be wrong. */
export interface PlainErrorPlace {
  /**
   * Where: a JSON pointer (RFC 6901) to the field, or the offset at which it stops being what it should be: in
   * UTF-16 units of the text, in bytes of MessagePack. Absent when the message as a whole was not expected.
   */
  readonly at?: string | number | undefined;
  /** The `id` of the message, when it could be read. */
  readonly id?: number | undefined;
  /** The `namespace` of the message, when it could be read. */
  readonly namespace?: string | undefined;
}

/** What the decoders of the plain dialect throw, and the only thing that input from the network makes them throw. */
export class PlainError extends HawserError<PlainErrorCode> {
  /** See {@link PlainErrorPlace}, as the other two. */
  readonly at: string | number | undefined;
  readonly id: number | undefined;
  readonly namespace: string | undefined;

  constructor(code: PlainErrorCode, place: PlainErrorPlace = {}, detail?: string) {
    const text = plainErrors[code];
    super(family, code, "peer", detail === undefined ? text : `${text}: ${detail}`);
    this.name = "PlainError";
    this.at = place.at;
    this.id = place.id;
    this.namespace = place.namespace;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== PlainError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) === family;
  }
}

/** The message that tells a client of an error. */
export function faultOf(error: PlainError): PlainFault {
  const { code, message, at, id, namespace } = error;
  return { type: "error", code, message, at, id, namespace };
}
