import type { EngineOptions } from "./engine/options.ts";
import type { Untyped } from "./events.ts";
import type { SocketExtension } from "./extension.ts";
import type { CloseDetails } from "./transports/transport.ts";

/** Sent with CONNECT: an object, or a function that hands one over, asked again for every connection. */
export type Auth = { [key: string]: Untyped } | ((cb: (data: object) => void) => void);

/** Options of one namespace's socket. */
export interface SocketOptions {
  /** Credentials for the namespace; the server reads them as `socket.handshake.auth`. */
  auth?: Auth;
  /**
   * How often an event is sent again when its acknowledgement stays out. With it events leave one at a time, in
   * order, and arrive at least once; give an `ackTimeout` too. Default: events are sent once.
   */
  retries?: number;
  /** Time limit for every acknowledgement, in milliseconds. Default: none. */
  ackTimeout?: number;
  /** Messages that survive lost lines and reloads: what `durable()` of `@hawser/client/durable` gives. Default: none. */
  durable?: SocketExtension;
}

/** Options of the manager, which holds the connection; those of the connection itself are passed on. */
export interface ManagerOptions extends EngineOptions {
  /** Always make a connection of its own. Default: false. */
  forceNew: boolean;
  /** Share one connection among namespaces of the same server. Default: true. */
  multiplex: boolean;
  /** Where on the server Socket.IO answers. Default: "/socket.io". */
  path: string;
  /** Come back by itself after a lost connection. Default: true. */
  reconnection: boolean;
  /** Attempts before giving up. Default: Infinity. */
  reconnectionAttempts: number;
  /** First delay, in milliseconds; it doubles with every attempt. Default: 1000. */
  reconnectionDelay: number;
  /** Longest delay, in milliseconds. Default: 5000. */
  reconnectionDelayMax: number;
  /** Part of a delay that is left to chance, 0 to 1. Default: 0.5. */
  randomizationFactor: number;
  /** Time limit for one attempt to connect, in milliseconds; `false` for none. Default: 20000. */
  timeout: number | false;
  /** Connect at once. Default: true. */
  autoConnect: boolean;
  /** Another packet format than Socket.IO's own; the server must use the same. */
  parser: Parser;
}

/** A packet format as `socket.io-parser` and the packages that replace it export it. */
export interface Parser {
  Encoder: new () => { encode(packet: Untyped): Untyped[] };
  Decoder: new () => {
    add(chunk: Untyped): void;
    on(event: "decoded", listener: (packet: Untyped) => void): unknown;
    destroy(): void;
  };
}

/** Why a socket lost its connection. */
export type DisconnectReason =
  | "io server disconnect"
  | "io client disconnect"
  | "ping timeout"
  | "transport close"
  | "transport error"
  | "parse error";

/** What is known about the cause: an error, or what the transport reported. */
export type DisconnectDescription = Error | CloseDetails;

/** An error that may carry what a middleware of the server put into its `data`. */
export interface ExtendedError extends Error {
  data?: Untyped;
}
