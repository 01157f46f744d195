import { errorFamily, HawserError } from "@hawser/protocol";
import type { Fault } from "@hawser/protocol";

export type ServerErrorCode =
  | "OPTION_INVALID"
  | "RESERVED_EVENT"
  | "NOT_A_SERVER"
  | "CLIENT_MISSING"
  | "ACK_TIMEOUT"
  | "ACK_IMPOSSIBLE"
  | "DISCONNECTED"
  | "PARSER_OUTPUT"
  | "DELIVERY_OFF"
  | "DELIVERY_CLOSED"
  | "DURABLE_ACK"
  | "POSITION_UNKNOWN"
  | "ROOM_RESERVED"
  | "LOG_CLOSED"
  | "PUBLISH_OPEN";

/** The errors of this package. Codes are never reused. */
export const serverErrors: {
  readonly [Code in ServerErrorCode]: { readonly text: string; readonly fault: Fault };
} = {
  OPTION_INVALID: { text: "an option has a value that cannot be used", fault: "developer" },
  RESERVED_EVENT: { text: "the name is a reserved event name", fault: "developer" },
  NOT_A_SERVER: { text: "attach() expects an HTTP server or a port", fault: "developer" },
  CLIENT_MISSING: {
    text: "the browser client is not beside the server: the package has not been built, or the server was bundled into one file, and the client must be served from elsewhere",
    fault: "environment",
  },
  ACK_TIMEOUT: { text: "operation has timed out", fault: "peer" },
  ACK_IMPOSSIBLE: {
    text: "the client cannot acknowledge: its line leads one way, or its protocol has no answers",
    fault: "developer",
  },
  DISCONNECTED: { text: "socket has been disconnected", fault: "peer" },
  PARSER_OUTPUT: {
    text: "the parser's encoder must return one text with binary behind it, or binary alone",
    fault: "developer",
  },
  DELIVERY_OFF: {
    text: "durable delivery is off; turn it on with the option delivery",
    fault: "developer",
  },
  DELIVERY_CLOSED: { text: "the log of durable delivery is not open", fault: "environment" },
  DURABLE_ACK: {
    text: "durable.emit takes no acknowledgement; its promise gives the position",
    fault: "developer",
  },
  ROOM_RESERVED: {
    text: "the room of a user is joined by setting socket.user in a middleware",
    fault: "developer",
  },
  POSITION_UNKNOWN: { text: "the position is of another log", fault: "peer" },
  LOG_CLOSED: { text: "the log has been closed", fault: "developer" },
  PUBLISH_OPEN: {
    text: "the option publish has no keys, and so the server must not listen on a public address: make one with makeApiKey() and set publish.keys, or listen on 127.0.0.1",
    fault: "developer",
  },
};

/** Whether what has failed may have reached the other side. */
export type Sent = "no" | "maybe";

/** An error of this package; `code` is a key of {@link serverErrors}. */
export class ServerError extends HawserError<ServerErrorCode> {
  readonly #sent: Sent | undefined;

  constructor(code: ServerErrorCode, text: string = serverErrors[code].text, sent?: Sent) {
    super("server", code, serverErrors[code].fault, text);
    this.name = "ServerError";
    this.#sent = sent;
  }

  /** Of an event whose answer will not come: whether the client may have got it. */
  get sent(): Sent | undefined {
    return this.#sent;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== ServerError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return errorFamily(value) === "server";
  }
}
