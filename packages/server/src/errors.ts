/** Who has to change something: the developer of the server, or what lies around it. */
export type ErrorFault = "developer" | "environment";

export type ServerErrorCode =
  | "OPTION_INVALID"
  | "RESERVED_EVENT"
  | "NOT_A_SERVER"
  | "CLIENT_MISSING";

/** The errors that this package throws. Codes are never reused. */
export const serverErrors: {
  readonly [Code in ServerErrorCode]: { readonly text: string; readonly fault: ErrorFault };
} = {
  OPTION_INVALID: { text: "an option has a value that cannot be used", fault: "developer" },
  RESERVED_EVENT: {
    text: "an event has a name that the framework emits itself",
    fault: "developer",
  },
  NOT_A_SERVER: { text: "attach() was given something that is no HTTP server", fault: "developer" },
  CLIENT_MISSING: { text: "the browser client has not been built", fault: "environment" },
};

/** Carried by every error of Hawser, whichever build or realm made it. */
const brand: symbol = Symbol.for("hawser.error");

/** An error of this package; `code` is a key of {@link serverErrors}. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;
  readonly fault: ErrorFault;

  constructor(code: ServerErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail ?? serverErrors[code].text, options);
    this.name = "ServerError";
    this.code = code;
    this.fault = serverErrors[code].fault;
    Object.defineProperty(this, brand, { value: true });
  }
}
