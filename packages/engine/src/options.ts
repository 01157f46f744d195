import type { PerMessageDeflateOptions } from "@hawser/websocket/internal";
import type { CorsOptions, CorsOptionsDelegate } from "cors";
import type { SerializeOptions } from "cookie";
import type { IncomingMessage } from "node:http";
import type { ZlibOptions } from "node:zlib";
import type { TransportName } from "./transport.ts";
import type { WebSocketEngine } from "./transports/foreign-websocket.ts";

/** How an engine stands on an HTTP server. */
export interface AttachOptions {
  /** Path whose requests are taken. Default `/engine.io`. */
  path?: string | undefined;
  /** Whether upgrades for other paths are ended when nobody takes them. Default true. */
  destroyUpgrade?: boolean | undefined;
  /** Milliseconds that somebody else has to take such an upgrade. Default 1000. */
  destroyUpgradeTimeout?: number | undefined;
  /** Whether the path ends with a slash on the wire. Default true. */
  addTrailingSlash?: boolean | undefined;
}

/** Cookie that carries the session id, for sticky load balancers. */
export type CookieOptions = {
  [Key in Exclude<keyof SerializeOptions, "path" | "sameSite">]?: SerializeOptions[Key] | undefined;
} & {
  /** Default `io`. */
  name?: string | undefined;
  /** `false` leaves Path out. Default `/`. */
  path?: string | false | undefined;
  /** Default `lax`. */
  sameSite?: boolean | "lax" | "strict" | "none" | undefined;
};

/** Compression of polling answers; what is not named here goes to zlib. */
export interface HttpCompressionOptions extends ZlibOptions {
  /** Answers at least this many bytes long are compressed. Default 1024. */
  threshold?: number | undefined;
}

/**
 * Decides about one handshake: call `decide(null, true)` to let it in, or `decide(message, false)` to refuse it with
 * 403 and that message.
 */
export type AllowRequest = (
  request: IncomingMessage,
  decide: (message: string | null | undefined, success: boolean) => void,
) => void;

/** Compression of websocket messages, as `@hawser/websocket` has it; there is no preset dictionary (RFC 7692). */
export type DeflateOptions = Omit<PerMessageDeflateOptions, "zlibDeflateOptions"> & {
  /** What zlib is told for what is sent. */
  zlibDeflateOptions?: Omit<ZlibOptions, "dictionary"> | undefined;
};

/** Settings of an engine. Every one has a default. */
export interface EngineOptions extends AttachOptions {
  /** Milliseconds that a client may take to answer a ping. Default 20000. */
  pingTimeout?: number | undefined;
  /** Milliseconds between the last answer and the next ping. Default 25000. */
  pingInterval?: number | undefined;
  /** Milliseconds that an upgrade may take. Default 10000. */
  upgradeTimeout?: number | undefined;
  /** Bytes of one message, and of one polling request body. Default 1e6. */
  maxHttpBufferSize?: number | undefined;
  /**
   * Bytes that may be queued for a client that does not read; beyond it the connection ends with `transport error`. A
   * single message may be larger. `Infinity` lifts the bound. Default 16777216 (16 MiB).
   */
  maxBufferedBytes?: number | undefined;
  /** Decides about each handshake; where it is given, it also decides about other origins. */
  allowRequest?: AllowRequest | undefined;
  /** Transports that are served. Default `["polling", "websocket"]`. */
  transports?: readonly (TransportName | "webtransport")[] | undefined;
  /** Whether a connection may move from polling to websocket. Default true. */
  allowUpgrades?: boolean | undefined;
  /**
   * Compression of websocket messages (permessage-deflate) for clients that offer it: options of `@hawser/websocket`,
   * with a `threshold` of 1024 bytes where none is given. It costs memory and time; `{ shared: true }` costs least.
   * Default false.
   */
  perMessageDeflate?: boolean | DeflateOptions | undefined;
  /** Compression of polling answers. Default true. */
  httpCompression?: boolean | HttpCompressionOptions | undefined;
  /**
   * A class with the habit of npm ws's `Server` (`handleUpgrade`), to be used instead of our own WebSocket layer, which
   * costs more: nothing is shared between connections then. Default none.
   */
  wsEngine?: WebSocketEngine | undefined;
  /** A message that every client gets together with the open packet. Default none. */
  initialPacket?: string | Uint8Array | undefined;
  /** Cookie with the session id; `true` for one named `io`. Default false. */
  cookie?: boolean | string | CookieOptions | undefined;
  /**
   * Options of the npm package `cors`. An origin that they let in may connect over every transport. Without them only
   * pages of this server itself may. `true` lets every origin in.
   */
  cors?: boolean | CorsOptions | CorsOptionsDelegate | undefined;
  /** Whether clients of Engine.IO 3 are served, too: those of Socket.IO 1 and 2. Default false. */
  allowEIO3?: boolean | undefined;
}

/** The settings of an engine, checked, with every default filled in. Writing to them has no effect. */
export interface ResolvedOptions {
  path: string;
  destroyUpgrade: boolean;
  destroyUpgradeTimeout: number;
  addTrailingSlash: boolean;
  pingTimeout: number;
  pingInterval: number;
  upgradeTimeout: number;
  maxHttpBufferSize: number;
  maxBufferedBytes: number;
  allowRequest: AllowRequest | undefined;
  transports: readonly TransportName[];
  allowUpgrades: boolean;
  allowEIO3: boolean;
  wsEngine: WebSocketEngine | undefined;
  perMessageDeflate: PerMessageDeflateOptions | undefined;
  httpCompression: HttpCompressionOptions | undefined;
  initialPacket: string | Uint8Array | undefined;
  cookie: true | string | CookieOptions | undefined;
  cors: CorsOptions | CorsOptionsDelegate | undefined;
}
