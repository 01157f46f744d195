/*
 * The messages of the plain dialect, as the codecs hand them out and take them. How they look on the wire is
 * written down in docs/protocol/plain.md.
 *
 * Decoders fill `namespace` in and leave what was absent undefined; encoders leave both away.
 */

/** `{"connect":{…}}`: enters a namespace. */
export interface PlainConnect {
  readonly type: "connect";
  readonly namespace?: string | undefined;
  /** What the middlewares see as `handshake.auth`, laid over what the URL and the headers said. */
  readonly auth?: Readonly<Record<string, unknown>> | undefined;
  /** The client wants to be able to recover. */
  readonly session?: boolean | undefined;
  /** Binary inline as base64 from now on, in both directions of the whole connection. JSON only. */
  readonly base64?: boolean | undefined;
}

/** `{"recover":{…}}`: in place of connect, for a session that was there before. */
export interface PlainRecover {
  readonly type: "recover";
  readonly namespace?: string | undefined;
  readonly auth?: Readonly<Record<string, unknown>> | undefined;
  readonly base64?: boolean | undefined;
  /** The newest that the server has named. */
  readonly session: string;
  /** Up to where the client has handled what the server sent; absent: nothing yet. */
  readonly position?: string | undefined;
}

/** `{"event":"chat","data":[…]}`, in both directions. */
export interface PlainEvent {
  readonly type: "event";
  readonly namespace?: string | undefined;
  readonly event: string;
  /** The arguments. */
  readonly data: readonly unknown[];
  /** Asks for an acknowledgement. */
  readonly id?: number | undefined;
  /** Client to server: the counter of a durable message within its session, from 1. */
  readonly durable?: number | undefined;
  /** Client to server: this durable message has been sent before. */
  readonly again?: boolean | undefined;
  /** Server to client: its place in the log, for what was logged. */
  readonly position?: string | undefined;
}

/** `{"ack":7,"data":[…]}`, in both directions. */
export interface PlainAck {
  readonly type: "ack";
  readonly namespace?: string | undefined;
  /** The `id` of the event that it answers. */
  readonly id: number;
  readonly data: readonly unknown[];
}

/** `{"subscribe":["room"]}` and `{"unsubscribe":["room"]}`, and the answers of the server. */
export interface PlainRooms {
  readonly type: "subscribe" | "unsubscribe" | "subscribed" | "unsubscribed";
  readonly namespace?: string | undefined;
  readonly rooms: readonly string[];
}

/** `{"position":P}`: what the client has handled; `{"live":P}`: the server's replay is complete. */
export interface PlainPosition {
  readonly type: "position" | "live";
  readonly namespace?: string | undefined;
  readonly position: string;
}

/** `{"disconnect":{}}`: leaves a namespace; from the server: has been put out of it. */
export interface PlainDisconnect {
  readonly type: "disconnect";
  readonly namespace?: string | undefined;
}

/** `{"ping":x}` of the client, and `{"pong":x}` of the server with the same value. */
export interface PlainPing {
  readonly type: "ping" | "pong";
  readonly value: number | string;
}

/** `{"connected":{…}}`: the client is in a namespace. */
export interface PlainConnected {
  readonly type: "connected";
  readonly namespace?: string | undefined;
  /** Id of the socket. */
  readonly id: string;
  /** With a session only, as all below. */
  readonly session?: string | undefined;
  /** From where it goes on. */
  readonly position?: string | undefined;
  /** Whether it is the session that was asked for, with its id, rooms and data. */
  readonly recovered?: boolean | undefined;
  /** The highest counter of a durable message that has settled, and all below it. */
  readonly accepted?: number | undefined;
  /** How many durable messages the client may have unanswered. */
  readonly inFlight?: number | undefined;
}

/** `{"reset":{…}}`: something missed cannot be replayed. */
export interface PlainReset {
  readonly type: "reset";
  readonly namespace?: string | undefined;
  /** `retention`, `epoch`, `session` or `overflow`. */
  readonly reason: string;
  /** The room that lost something; absent: it may be anything. */
  readonly room?: string | undefined;
}

/** Why a durable message has failed for good. */
export interface PlainFailure {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
}

/** `{"durable":12,…}`: what became of a durable message. Exactly one of `data`, `error` and `retry` is there. */
export interface PlainDurable {
  readonly type: "durable";
  readonly namespace?: string | undefined;
  readonly durable: number;
  /** Accepted, with what the handler answered. */
  readonly data?: readonly unknown[] | undefined;
  readonly error?: PlainFailure | undefined;
  /** Not settled: to be sent again after so many milliseconds. */
  readonly retry?: number | undefined;
}

/** `{"error":{…}}` of the server. */
export interface PlainFault {
  readonly type: "error";
  /** A row of the table of errors; a client must stand codes that it does not know. */
  readonly code: string;
  readonly message: string;
  /** The place: a JSON pointer, or the offset where it stops being JSON or MessagePack. */
  readonly at?: string | number | undefined;
  readonly namespace?: string | undefined;
  /** `id` of the message that it is about. */
  readonly id?: number | undefined;
  readonly data?: unknown;
}

/** What a client says. */
export type PlainRequest =
  | PlainConnect
  | PlainRecover
  | PlainEvent
  | PlainAck
  | (PlainRooms & { readonly type: "subscribe" | "unsubscribe" })
  | (PlainPosition & { readonly type: "position" })
  | PlainDisconnect
  | (PlainPing & { readonly type: "ping" });

/** What a server says. */
export type PlainReply =
  | PlainConnected
  | PlainEvent
  | PlainAck
  | (PlainRooms & { readonly type: "subscribed" | "unsubscribed" })
  | (PlainPosition & { readonly type: "live" })
  | PlainReset
  | PlainDisconnect
  | PlainDurable
  | (PlainPing & { readonly type: "pong" })
  | PlainFault;

/** Any message of the plain dialect. */
export type PlainMessage = PlainRequest | PlainReply;
