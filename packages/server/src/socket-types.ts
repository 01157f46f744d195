/* oxlint-disable typescript/no-explicit-any -- descriptions and auth are free-form, as in Socket.IO's types */
import type { IncomingHttpHeaders } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";

/** An event as middlewares see it: the name, then the arguments. */
export type Event = [string, ...any[]];

/** Why a socket was disconnected, as its `disconnect` listeners are told. */
export type DisconnectReason =
  | "transport error"
  | "transport close"
  | "forced close"
  | "ping timeout"
  | "parse error"
  | "server shutting down"
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect";

/** The events of a server-side socket that are not the user's. */
export interface SocketReservedEventsMap {
  disconnect: (reason: DisconnectReason, description?: any) => void;
  disconnecting: (reason: DisconnectReason, description?: any) => void;
  error: (error: Error) => void;
}

/** What is known of the request that opened the line, and what the client said in CONNECT. */
export interface Handshake {
  /** The headers of the request. */
  headers: IncomingHttpHeaders;
  /** When the socket was made, as text. */
  time: string;
  /** The client's address. */
  address: string;
  /** Whether the request came with an `Origin` header. */
  xdomain: boolean;
  /** Whether the line is over TLS. */
  secure: boolean;
  /** When the socket was made, in ms since the epoch. */
  issued: number;
  /** The request's URL, path and query. */
  url: string;
  /** The query of the URL. */
  query: ParsedUrlQuery;
  /** The `auth` of the client, an object. */
  auth: { [key: string]: any };
}

/** An error of a middleware; `data` goes to the client along with the message. */
export interface ExtendedError extends Error {
  data?: any;
}
