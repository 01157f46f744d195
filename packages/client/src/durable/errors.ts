import { HawserError, errorFamily } from "@hawser/protocol";
import type { Fault } from "@hawser/protocol";
import type { DeliveryFaultCode } from "@hawser/protocol/internal";

/** Why a durable message was not delivered, or the outbox cannot do what was asked. */
export type DeliveryErrorCode =
  | DeliveryFaultCode
  | "DELIVERY_UNSUPPORTED"
  | "SESSION_LOST"
  | "OUTBOX_FULL"
  | "DROPPED"
  | "EXPIRED"
  | "CANCELLED"
  | "ALREADY_SENT"
  | "OUTBOX_CLOSED"
  | "NOT_STORABLE"
  | "RESERVED_EVENT"
  | "STORE_UNAVAILABLE"
  | "STORE_FAILED"
  | "OPTION_INVALID";

/** The errors of durable delivery. Codes are never reused. */
export const deliveryErrors: {
  readonly [Code in DeliveryErrorCode]: { readonly text: string; readonly fault: Fault };
} = {
  NO_LISTENER: { text: "the server has no listener for the event", fault: "developer" },
  HANDLER_FAILED: { text: "the server's handler has failed", fault: "peer" },
  HANDLER_TIMEOUT: { text: "the server's handler took too long", fault: "peer" },
  MIDDLEWARE_REFUSED: { text: "a middleware of the server refused the event", fault: "peer" },
  RESULT_FORGOTTEN: {
    text: "it was handled; its answer is no longer known",
    fault: "environment",
  },
  DELIVERY_UNSUPPORTED: {
    text: "the server has no durable delivery in this namespace; turn it on with its option delivery",
    fault: "developer",
  },
  SESSION_LOST: {
    text: "the server no longer knows the session in which it was sent",
    fault: "environment",
  },
  OUTBOX_FULL: { text: "the outbox is full", fault: "environment" },
  DROPPED: { text: "dropped for a newer message, since the outbox is full", fault: "environment" },
  EXPIRED: { text: "it could not be delivered in its time to live", fault: "environment" },
  CANCELLED: { text: "it was cancelled", fault: "developer" },
  ALREADY_SENT: { text: "what was sent cannot be cancelled", fault: "developer" },
  OUTBOX_CLOSED: { text: "the outbox has been closed", fault: "developer" },
  NOT_STORABLE: { text: "an argument cannot be stored", fault: "developer" },
  RESERVED_EVENT: { text: "the name is a reserved event name", fault: "developer" },
  STORE_UNAVAILABLE: {
    text: "the storage of the outbox cannot be used here",
    fault: "environment",
  },
  STORE_FAILED: { text: "the outbox could not be written", fault: "environment" },
  OPTION_INVALID: { text: "an option has a value that cannot be used", fault: "developer" },
};

/** Whether the server may have got the message: `"yes"` when it has said so. */
export type Sent = "no" | "maybe" | "yes";

/** An error of durable delivery; `code` is a key of {@link deliveryErrors}. */
export class DeliveryError extends HawserError<DeliveryErrorCode> {
  /** Whether the server may have got the message. */
  readonly sent: Sent;
  /** `data` of the error of the server's application, if there was any. */
  readonly data: unknown;

  constructor(
    code: DeliveryErrorCode,
    sent: Sent,
    details: { text?: string; data?: unknown; cause?: unknown } = {},
  ) {
    // A server may be newer than this table.
    const row = deliveryErrors[code] ?? { text: code, fault: "peer" };
    const { text = row.text, data, cause } = details;
    super("delivery", code, row.fault, text, { cause });
    this.name = "DeliveryError";
    this.sent = sent;
    this.data = data;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== DeliveryError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) === "delivery";
  }
}
