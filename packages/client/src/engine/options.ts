import type { Untyped } from "../events.ts";
import type { CookieJar, TransportCtor } from "../transports/transport.ts";

/** Names of transports; a server may know more than these. */
export type TransportName = "polling" | "websocket" | "webtransport" | (string & {});

/** Key material as node:tls takes it. */
export type TlsMaterial = string | Uint8Array | (string | Uint8Array)[];

/** Options of the connection (Engine.IO). */
export interface EngineOptions {
  /** The server's name with its port; taken from the address. */
  host?: string;
  /** The server's name; taken from the address. */
  hostname?: string;
  /** Whether to use TLS; taken from the address. */
  secure?: boolean;
  /** The server's port; taken from the address. */
  port?: string | number;
  /** Parameters for the query string of every request. A query in the address wins over it. */
  query?: { [key: string]: Untyped };
  /** Where on the server Engine.IO answers. Default: "/engine.io" ("/socket.io" below a manager). */
  path?: string;
  /** Whether requests go to `path` with a slash at its end. Default: true. */
  addTrailingSlash?: boolean;
  /**
   * The transports to use; the first one opens the connection.
   * Default: ["polling", "websocket"].
   */
  transports?: TransportName[] | TransportCtor[];
  /** Move on from the first transport to a better one. Default: true. */
  upgrade?: boolean;
  /** Open with a websocket when one worked before. Default: false. */
  rememberUpgrade?: boolean;
  /** When the first transport cannot connect, try the others in turn. Default: false. */
  tryAllTransports?: boolean;
  /** Options for one transport by its name, which win over the general ones. */
  transportOptions?: { [transport: string]: EngineOptions };
  /** Send binary as base64 on all transports. Default: false. */
  forceBase64?: boolean;
  /** Parameter that keeps caches from answering polling requests. Default: "t". */
  timestampParam?: string;
  /** Whether requests carry it. Default: polling does, websocket does not. */
  timestampRequests?: boolean;
  /** Time limit of a polling request, in milliseconds. Default: none. */
  requestTimeout?: number;
  /** Headers for every request. Browsers send them with polling only. */
  extraHeaders?: { [header: string]: string };
  /** Send cookies to other origins; in Node.js, keep and return the server's cookies. Default: false. */
  withCredentials?: boolean;
  /** Close the connection when the page is about to be left. Default: false. */
  closeOnBeforeunload?: boolean;
  /** WebSocket subprotocols to offer. Default: none. */
  protocols?: string | string[];
  /** Use the timers that were there when the library was loaded, not those a test put in place. Default: false. */
  useNativeTimers?: boolean;
  /** Let the process end although the connection is open (Node.js). Default: false. */
  autoUnref?: boolean;
  /** @internal The cookies of one connection (Node.js), made by `withCredentials`. */
  cookieJar?: CookieJar;
  /** `http.Agent` or `https.Agent` (Node.js). Default: Node's own. */
  agent?: object | string | boolean;
  /**
   * Compression of WebSocket messages, where the server agrees to it (Node.js; browsers decide by themselves). Default:
   * offered, for messages of 1024 bytes and more.
   */
  perMessageDeflate?: boolean | { threshold: number };
  /** TLS: PFX or PKCS#12 bundle (Node.js). */
  pfx?: TlsMaterial;
  /** TLS: private key (Node.js). */
  key?: TlsMaterial;
  /** TLS: passphrase of `key` or `pfx` (Node.js). */
  passphrase?: string;
  /** TLS: certificate (Node.js). */
  cert?: TlsMaterial;
  /** TLS: authorities to trust (Node.js). Default: those of Node.js. */
  ca?: TlsMaterial;
  /** TLS: ciphers in OpenSSL's notation (Node.js). */
  ciphers?: string;
  /** TLS: refuse a server whose certificate cannot be verified (Node.js). Default: true. */
  rejectUnauthorized?: boolean;
}

/** What the server says when a connection opens. */
export interface HandshakeData {
  sid: string;
  /** Transports that the connection may move to. */
  upgrades: string[];
  /** Milliseconds between the server's pings. */
  pingInterval: number;
  /** Milliseconds after which a ping that stays out means a lost connection. */
  pingTimeout: number;
  /** Bytes that one polling request may carry. */
  maxPayload: number;
}
