import type {
  Agent,
  ClientRequest,
  ClientRequestArgs,
  IncomingMessage,
  OutgoingHttpHeaders,
  Server as HttpServer,
} from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { ConnectionOptions as TlsOptions, PeerCertificate } from "node:tls";
import type { PerMessageDeflateOptions } from "./deflate/options.ts";
import type { AdmissionOptions } from "./admission/options.ts";
import type { SetUp } from "./handshake/set-up.ts";
import type { HeartbeatOptions } from "./heartbeat/options.ts";
import type { PressureOptions } from "./pressure/options.ts";
import type { WebSocket } from "./socket/websocket.ts";

/** What both sides can set. */
export interface CommonOptions extends PressureOptions {
  /**
   * Bytes of one message; a longer one ends the connection with close code 1009. 0 is no limit. Default
   * 104,857,600 (100 MiB).
   */
  maxPayload?: number | undefined;
  /** Frames of one message. 0 is no limit. Default 1,048,576 on a server and 16,777,216 on a client. */
  maxFragments?: number | undefined;
  /** Has no effect: what is held of an unfinished message are its bytes, however many chunks they came in. */
  maxBufferedChunks?: number | undefined;
  /** Leaves the UTF-8 of text messages unchecked. Default false. */
  skipUTF8Validation?: boolean | undefined;
  /** Answers pings. Default true. */
  autoPong?: boolean | undefined;
  /** Milliseconds that the peer has to finish the close handshake. Default 30,000. */
  closeTimeout?: number | undefined;
  /**
   * Whether all messages of a chunk are emitted in the tick that it was read in. `false` emits each in a tick of its
   * own, so that promises that one has settled go first, as in browsers. Default true.
   */
  allowSynchronousEvents?: boolean | undefined;
  /**
   * Pings the peer and ends the line when it shows no sign of life: `error` with `WS_HEARTBEAT_TIMEOUT`, then `close`
   * with 1006. `true` is a ping every 25 seconds and 20 seconds to answer it. Default false.
   */
  heartbeat?: boolean | HeartbeatOptions | undefined;
}

/** How one message is sent. */
export interface SendOptions {
  /** Binary or text. Default: text for a string or a number, binary for everything else. */
  binary?: boolean | undefined;
  /** Whether this ends the message. Default true; `false` leaves the rest of it to the next `send`. */
  fin?: boolean | undefined;
  /** Whether to compress, where compression was negotiated. Default true. */
  compress?: boolean | undefined;
  /**
   * Whether to mask. Default: as RFC 6455 has it, on a client and not on a server. Anything else makes the peer close
   * the line, which is good for tests of peers.
   */
  mask?: boolean | undefined;
}

/** A certificate or a key, as it is given. */
export type CertMeta = string | string[] | Buffer | Buffer[];

/** Called instead of `request.end()`, which it must then do itself, with headers changed as it likes. */
export type FinishRequestCallback = (request: ClientRequest, socket: WebSocket) => void;

/**
 * Options of `new WebSocket(url, protocols, options)`. TLS options are those of `tls.connect`; whatever else
 * `http.request` takes is handed on to it, except for what the URL says.
 */
export interface ClientOptions
  extends
    CommonOptions,
    Omit<
      TlsOptions,
      "timeout" | "socket" | "path" | "host" | "port" | "checkServerIdentity" | "lookup"
    >,
    Pick<
      ClientRequestArgs,
      "localAddress" | "localPort" | "family" | "lookup" | "host" | "timeout" | "maxHeaderSize"
    > {
  /** Extra headers of the request. */
  headers?: OutgoingHttpHeaders | Record<string, string | readonly string[]> | undefined;
  /** The `Origin` header. */
  origin?: string | undefined;
  /** User and password for HTTP's basic authorization, as `user:password`. Default: those of the URL. */
  auth?: string | null | undefined;
  /** Milliseconds that one request of the handshake may take; a redirect starts anew. Default: no limit. */
  handshakeTimeout?: number | undefined;
  /** Follows redirects. Default false. */
  followRedirects?: boolean | undefined;
  /** Redirects that are followed. Default 10. */
  maxRedirects?: number | undefined;
  /** `Sec-WebSocket-Version`: 13, or 8 for very old servers. Default 13. */
  protocolVersion?: number | undefined;
  /** The agent of node:http or node:https that makes the socket. Default: none, a socket of its own. */
  agent?: Agent | false | undefined;
  /** Makes the socket. Default: that of node:net or node:tls. */
  createConnection?:
    | ((options: never, onCreate: (error: Error | null, socket: Socket) => void) => Socket)
    | undefined;
  finishRequest?: FinishRequestCallback | undefined;
  /** Checks the server's certificate against its name, as `tls.connect` does. */
  checkServerIdentity?(
    servername: string,
    cert: CertMeta | PeerCertificate,
  ): boolean | Error | undefined;
  /** Fills the 4 bytes of each frame's masking key. Default: random ones. */
  generateMask?: ((mask: Buffer) => void) | undefined;
  /** Whether to offer to compress messages, and how. Default true. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
}

/** What `verifyClient` is told. */
export interface ClientInfo<Request extends IncomingMessage = IncomingMessage> {
  /** The `Origin` header; at run time undefined when there is none, as for all that is no browser. */
  origin: string;
  /** Whether the request came over TLS. */
  secure: boolean;
  req: Request;
}

/** Answers `verifyClient`: whether to admit, and the HTTP status, text and headers of a refusal. */
export type VerifyAnswer = (
  admitted: boolean,
  status?: number,
  message?: string,
  headers?: OutgoingHttpHeaders,
) => void;

/** Admits clients by its result. */
export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = (
  info: ClientInfo<Request>,
) => boolean;

/** Admits clients by calling `answer`, now or later. */
export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = (
  info: ClientInfo<Request>,
  answer: VerifyAnswer,
) => void;

/** Admits clients: with one parameter by its result, with two by calling `answer`. */
export type VerifyClient<Request extends IncomingMessage = IncomingMessage> =
  | VerifyClientCallbackSync<Request>
  | VerifyClientCallbackAsync<Request>;

/**
 * Options of `new WebSocketServer(options)`: exactly one of `port`, `server` and `noServer`. `Socket` is the class that is
 * handed out, `Request` that of the HTTP server's requests.
 */
export interface ServerOptions<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
>
  extends CommonOptions, AdmissionOptions {
  /** The port of a server of its own; 0 for any. */
  port?: number | undefined;
  /** Where that server listens. Default: all addresses. */
  host?: string | undefined;
  /** Connections that may wait to be accepted. Default 511. */
  backlog?: number | undefined;
  /** The server whose `upgrade` events are taken. */
  server?: HttpServer<Request> | HttpsServer<Request> | undefined;
  /** No server: `handleUpgrade` is called by hand. */
  noServer?: boolean | undefined;
  /** Accepts only requests for this path. Default: any. */
  path?: string | undefined;
  /** Admits clients. Prefer an `upgrade` listener of your own and `noServer`, which can do more. */
  verifyClient?: VerifyClient<InstanceType<Request>> | undefined;
  /** Chooses the subprotocol, or none by `false`. Default: the first that the client offers. */
  handleProtocols?:
    | ((protocols: Set<string>, request: InstanceType<Request>) => string | false)
    | undefined;
  /** Keeps `clients`. Default true. */
  clientTracking?: boolean | undefined;
  /** The class of the sockets that are handed out. Default `WebSocket`. */
  WebSocket?: Socket | undefined;
  /** Whether to compress messages with clients that offer it, and how. Default false. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
}

/** The public options in this package's words. */
export function toSetUp(options: CommonOptions): Partial<SetUp> {
  return {
    payloadBytesMax: options.maxPayload === 0 ? Infinity : options.maxPayload,
    fragmentsMax: options.maxFragments === 0 ? Infinity : options.maxFragments,
    closeTimeoutMs: options.closeTimeout,
    skipUtf8Check: options.skipUTF8Validation,
    manualPong: options.autoPong === false,
  };
}
