import type { Fault } from "@hawser/protocol";

/**
 * The table of this package's errors: text, and whose mistake it is. The texts are those that existing software looks
 * for; a code is its text in capitals, `XHR_POLL_ERROR`. No text is ever used again for something else.
 *
 * It is a type, so that a page does not download it.
 */
export interface ClientErrors {
  "xhr poll error": "environment";
  "xhr post error": "environment";
  "fetch read error": "environment";
  "fetch write error": "environment";
  "websocket error": "environment";
  "webtransport error": "environment";
  /** What the server sent is no Engine.IO packet, or no handshake. */
  "server error": "peer";
  /** What the server sent is no Socket.IO packet. In Node.js the protocol package's errors say more. */
  "invalid packet": "peer";
  "probe error": "environment";
  "transport closed": "environment";
  "No transports available": "developer";
  /** An attempt to connect took too long. */
  timeout: "environment";
  /** The connection was closed before it was open. */
  "transport close": "environment";
  /** An acknowledgement stayed out. */
  "operation has timed out": "environment";
  "socket has been disconnected": "environment";
  "reserved event name": "developer";
}

type Text = keyof ClientErrors;

type Capitals<T extends string> = T extends `${infer Head} ${infer Tail}`
  ? `${Uppercase<Head>}_${Capitals<Tail>}`
  : Uppercase<T>;

/** A code of the error table. */
export type ClientErrorCode = Capitals<Text>;

/** An error of this package; in Node.js a `HawserError` of the protocol package too. */
export class ClientError extends Error {
  /** A row of {@link ClientErrors}. */
  declare readonly code: ClientErrorCode;
  /** Whose mistake it was (in Node.js). */
  declare readonly fault?: Fault;

  /** @param subject stands before the text */
  constructor(text: Text, cause?: unknown, subject = "") {
    super(subject + text, { cause });
    this.code = text.toUpperCase().replaceAll(" ", "_") as ClientErrorCode;
  }
}

/** A transport failed; `description` and `context` hold what the platform said about it. */
export class TransportError extends ClientError {
  readonly type = "TransportError" as const;
  /** For HTTP the status (0: no answer), for a websocket its error event. */
  declare readonly description: unknown;
  /** For HTTP the request, with `status` and `responseText`. */
  declare readonly context: unknown;

  constructor(text: Text, description: unknown, context?: unknown) {
    super(text);
    this.description = description;
    this.context = context;
  }
}
