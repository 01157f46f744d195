/** Whose mistake an error is: it decides who gets to see it. */
export type Fault = "peer" | "developer" | "environment";

/**
 * Property that every error of Hawser carries, with the name of its family as the value. It makes
 * `instanceof` work across realms and across the ESM and CommonJS builds.
 */
export const errorBrand: unique symbol = Symbol.for("hawser.error");

/** Base of all errors of Hawser. `error instanceof HawserError` holds for every package's errors. */
export class HawserError<Code extends string = string> extends Error {
  /** Stable name of the cause, one row of the package's error table. */
  readonly code: Code;
  /** Whose mistake it was. */
  readonly fault: Fault;

  /** `family` is the package that throws it; it becomes the value of {@link errorBrand}. */
  constructor(
    family: string,
    code: Code,
    fault: Fault,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "HawserError";
    this.code = code;
    this.fault = fault;
    Object.defineProperty(this, errorBrand, { value: family, configurable: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== HawserError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) !== undefined;
  }
}

/** The family of an error of Hawser, or undefined for anything else. */
export function errorFamily(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const family: unknown = (value as { [errorBrand]?: unknown })[errorBrand];
  return typeof family === "string" ? family : undefined;
}

/** A code of the error table. */
export type ProtocolErrorCode =
  | "ENGINE_PACKET_EMPTY"
  | "ENGINE_PACKET_TYPE"
  | "ENGINE_BINARY_TYPE"
  | "ENGINE_BINARY_UNEXPECTED"
  | "PAYLOAD_LENGTH"
  | "PAYLOAD_PACKETS_TOO_MANY"
  | "BASE64_INVALID"
  | "PACKET_TYPE"
  | "PACKET_TOO_LARGE"
  | "PACKET_DATA"
  | "ACK_ID"
  | "EVENT_NAME"
  | "EVENT_RESERVED"
  | "ATTACHMENTS_ILLEGAL"
  | "ATTACHMENTS_TOO_MANY"
  | "TEXT_UNEXPECTED"
  | "BINARY_UNEXPECTED"
  | "JSON_INVALID"
  | "JSON_TOO_DEEP"
  | "BLOB_REFUSED"
  | "LIMIT_INVALID";

/** One row of the error table. */
export interface ProtocolErrorRow {
  readonly fault: Fault;
  readonly text: string;
}

/** Every error of this package. Codes are never reused. */
export const protocolErrors: Readonly<Record<ProtocolErrorCode, ProtocolErrorRow>> = {
  ENGINE_PACKET_EMPTY: peer("Empty Engine.IO packet"),
  ENGINE_PACKET_TYPE: peer("Unknown Engine.IO packet type"),
  ENGINE_BINARY_TYPE: developer("Only an Engine.IO message can carry binary data"),
  ENGINE_BINARY_UNEXPECTED: peer("Only an Engine.IO message can be binary"),
  PAYLOAD_LENGTH: peer("Invalid length in a payload of Engine.IO 3"),
  PAYLOAD_PACKETS_TOO_MANY: peer("Too many packets in one payload"),
  BASE64_INVALID: peer("Invalid base64"),
  PACKET_TYPE: peer("Unknown Socket.IO packet type"),
  PACKET_TOO_LARGE: peer("Socket.IO packet too large"),
  PACKET_DATA: peer("Invalid payload"),
  ACK_ID: peer("Invalid acknowledgement id"),
  EVENT_NAME: peer("Event name is neither a string nor a number"),
  EVENT_RESERVED: peer("Reserved event name"),
  ATTACHMENTS_ILLEGAL: peer("Illegal attachments"),
  ATTACHMENTS_TOO_MANY: peer("Too many attachments"),
  TEXT_UNEXPECTED: peer("Text arrived while attachments were awaited"),
  BINARY_UNEXPECTED: peer("Binary arrived while no attachment was awaited"),
  JSON_INVALID: peer("Invalid JSON"),
  JSON_TOO_DEEP: peer("JSON nested too deep"),
  BLOB_REFUSED: developer(
    "A Blob cannot be read synchronously: send its bytes, `await blob.arrayBuffer()`",
  ),
  LIMIT_INVALID: developer("A limit is a whole number from 0 up, or Infinity"),
};

function peer(text: string): ProtocolErrorRow {
  return { fault: "peer", text };
}

function developer(text: string): ProtocolErrorRow {
  return { fault: "developer", text };
}

/**
 * What the codecs throw, and with `fault: "peer"` the only thing that input from the network makes
 * them throw: whoever catches it ends the connection.
 */
export class ProtocolError extends HawserError<ProtocolErrorCode> {
  constructor(code: ProtocolErrorCode, detail?: string, options?: { cause?: unknown }) {
    const { fault, text } = protocolErrors[code];
    super("protocol", code, fault, detail === undefined ? text : `${text}: ${detail}`, options);
    this.name = "ProtocolError";
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== ProtocolError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) === "protocol";
  }
}
