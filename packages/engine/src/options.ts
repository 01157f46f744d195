import type { CorsOptions, CorsOptionsDelegate } from "cors";
import type { SerializeOptions } from "cookie";
import type { IncomingMessage } from "node:http";
import type { TransportName } from "./transport.ts";

/** How an engine stands on an HTTP server. */
export interface AttachOptions {
  /** Path whose requests are taken. Default `/engine.io`. */
  path?: string | undefined;
  /** Whether upgrades for other paths are destroyed when nobody takes them. Default true. */
  destroyUpgrade?: boolean | undefined;
  /** Milliseconds that somebody else has to take such an upgrade. Default 1000. */
  destroyUpgradeTimeout?: number | undefined;
  /** Whether the path ends with a slash on the wire. Default true. */
  addTrailingSlash?: boolean | undefined;
}

/** Cookie that carries the session id, for sticky load balancers. */
export type CookieOptions = Omit<SerializeOptions, "path" | "sameSite"> & {
  name?: string | undefined;
  /** `false` leaves Path out. Default `/`. */
  path?: string | false | undefined;
  sameSite?: boolean | "lax" | "strict" | "none" | undefined;
};

/** Settings of the compression of polling answers. */
export interface HttpCompressionOptions {
  /** Answers at least this many bytes long are compressed. Default 1024. */
  threshold?: number | undefined;
  /** Further settings for zlib. */
  [setting: string]: unknown;
}

export type AllowRequest = (
  request: IncomingMessage,
  decide: (message: string | null | undefined, success: boolean) => void,
) => void;

/** Settings of an engine. Every one has a default. */
export interface EngineOptions extends AttachOptions {
  /** Milliseconds that a client may take to answer a ping. Default 20000. */
  pingTimeout?: number | undefined;
  /** Milliseconds between the last answer and the next ping. Default 25000. */
  pingInterval?: number | undefined;
  /** Milliseconds that an upgrade may take. Default 10000. */
  upgradeTimeout?: number | undefined;
  /** Bytes of one message or of one polling request body. Default 1e6. */
  maxHttpBufferSize?: number | undefined;
  /** Bytes that may be queued for a client that does not read. Default 16 MiB. */
  maxBufferedBytes?: number | undefined;
  /** Decides about each handshake; giving it also takes over the decision about foreign origins. */
  allowRequest?: AllowRequest | undefined;
  /** Transports that are served. Default both. */
  transports?: readonly (TransportName | "webtransport")[] | undefined;
  /** Whether a connection may move from polling to websocket. Default true. */
  allowUpgrades?: boolean | undefined;
  /** Accepted for compatibility; the websocket layer does not compress yet. Default false. */
  perMessageDeflate?: boolean | object | undefined;
  /** Compression of polling answers. Default on. */
  httpCompression?: boolean | HttpCompressionOptions | undefined;
  /** Not supported: Hawser has its own WebSocket layer. */
  wsEngine?: unknown;
  /** A message that every client gets together with the open packet. */
  initialPacket?: string | Uint8Array | undefined;
  /** Cookie with the session id. Default none. */
  cookie?: boolean | string | CookieOptions | undefined;
  /** Meaning of the npm package `cors`. Without it: same origin, on polling and on websocket alike. */
  cors?: CorsOptions | CorsOptionsDelegate | undefined;
  /** Clients of Engine.IO 3. Not there yet. Default false. */
  allowEIO3?: boolean | undefined;
}
