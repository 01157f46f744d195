import type {
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingHttpHeaders,
  Server as HttpServer,
} from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { WebSocket } from "./websocket.ts";

/** What both sides can set. */
export interface CommonOptions {
  /**
   * Bytes of one message; a longer one ends the connection with close code 1009. 0 is no limit. Default 1,000,000 on a
   * server and 104,857,600 on a client.
   */
  maxPayload?: number | undefined;
  /** Frames of one message. Default 1,048,576 on a server and 16,777,216 on a client. */
  maxFragments?: number | undefined;
  /** Leaves the UTF-8 of text messages unchecked. Default false. */
  skipUTF8Validation?: boolean | undefined;
  /** Answers pings. Default true. */
  autoPong?: boolean | undefined;
  /** Milliseconds that the peer has to finish the close handshake. Default 30,000. */
  closeTimeout?: number | undefined;
}

/** Options of `new WebSocket(url, protocols, options)`. TLS options are those of `tls.connect`. */
export interface ClientOptions
  extends CommonOptions, Omit<TlsOptions, "timeout" | "socket" | "path"> {
  /** Extra headers of the request. */
  headers?: OutgoingHttpHeaders | Record<string, string | readonly string[]> | undefined;
  /** The `Origin` header. */
  origin?: string | undefined;
  /** User and password for HTTP's basic authorization, as `user:password`. Default: those of the URL. */
  auth?: string | undefined;
  /** Milliseconds that the handshake may take, redirects included. Default: no limit. */
  handshakeTimeout?: number | undefined;
  /** Follows redirects. Default false. */
  followRedirects?: boolean | undefined;
  /** Redirects that are followed. Default 10. */
  maxRedirects?: number | undefined;
  /** `Sec-WebSocket-Version`. Default 13. */
  protocolVersion?: 8 | 13 | undefined;
  /** The agent of node:http or node:https that makes the socket. Default: none, a socket of its own. */
  agent?: Agent | false | undefined;
  /** Makes the socket. Default: that of node:net or node:tls. */
  createConnection?:
    | ((options: object, onCreate?: (error: Error | null, socket: Socket) => void) => Socket)
    | undefined;
  /** Called instead of `request.end()`, which it must then do itself, with headers changed as it likes. */
  finishRequest?: ((request: ClientRequest, socket: WebSocket) => void) | undefined;
  /** Compression is not offered yet; the option is there so that configurations written for others keep working. */
  perMessageDeflate?: boolean | object | undefined;
}

/** What `verifyClient` is told. */
export interface ClientInfo {
  readonly origin: string | undefined;
  /** Whether the request came over TLS. */
  readonly secure: boolean;
  readonly req: IncomingMessage;
}

/** Answers `verifyClient`: whether to admit, and the HTTP status, text and headers of a refusal. */
export type VerifyAnswer = (
  admitted: boolean,
  status?: number,
  message?: string,
  headers?: Readonly<Record<string, string | number>>,
) => void;

/** Admits clients: with one parameter by its result, with two by calling `answer`, now or later. */
export type VerifyClient =
  | ((info: ClientInfo) => boolean)
  | ((info: ClientInfo, answer: VerifyAnswer) => void);

/** Options of `new WebSocketServer(options)`: exactly one of `port`, `server` and `noServer`. */
export interface ServerOptions extends CommonOptions {
  /** The port of a server of its own; 0 for any. */
  port?: number | undefined;
  /** Where that server listens. Default: all addresses. */
  host?: string | undefined;
  /** Connections that may wait to be accepted. Default 511. */
  backlog?: number | undefined;
  /** The server whose `upgrade` events are taken. */
  server?: HttpServer | HttpsServer | undefined;
  /** No server: `handleUpgrade` is called by hand. */
  noServer?: boolean | undefined;
  /** Accepts only requests for this path. Default: any. */
  path?: string | undefined;
  /** Admits clients. Prefer an `upgrade` listener of your own and `noServer`, which can do more. */
  verifyClient?: VerifyClient | undefined;
  /** Chooses the subprotocol, or none by `false`. Default: the first that the client offers. */
  handleProtocols?:
    | ((protocols: Set<string>, request: IncomingMessage) => string | false)
    | undefined;
  /** Keeps `clients`. Default true. */
  clientTracking?: boolean | undefined;
  /** The class of the sockets that are handed out. Default `WebSocket`. */
  WebSocket?: typeof WebSocket | undefined;
  /** Compression is declined for now; the option is there so that configurations written for others keep working. */
  perMessageDeflate?: boolean | object | undefined;
}
