import { EventEmitter } from "node:events";
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Connection } from "./connection.ts";
import type { AttachOptions, EngineOptions } from "./options.ts";
import { sharedWheel } from "./timing-wheel.ts";
import type { TimingWheel } from "./timing-wheel.ts";

/** An Express-compatible middleware; on an upgrade the response only takes headers, or refuses. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What `connection_error` carries. */
export interface ConnectionError {
  req: IncomingMessage;
  code: number;
  message: string;
  context: Record<string, unknown>;
}

export interface EngineServerEvents {
  connection: [connection: Connection];
  connection_error: [error: ConnectionError];
  initial_headers: [headers: Record<string, string | string[]>, request: IncomingMessage];
  headers: [headers: Record<string, string | string[]>, request: IncomingMessage];
  flush: [connection: Connection, packets: readonly unknown[]];
  drain: [connection: Connection];
}

/** An Engine.IO 4 server on Node's HTTP servers. */
export class EngineServer extends EventEmitter<EngineServerEvents> {
  opts: EngineOptions;
  /** Connections by session id. */
  readonly clients: Record<string, Connection> = Object.create(null) as Record<string, Connection>;
  clientsCount = 0;
  /** The layer above: called for each new connection, before the `connection` event. */
  onConnection: ((connection: Connection) => void) | undefined = undefined;
  readonly wheel: TimingWheel = sharedWheel();
  httpServer: HttpServer | undefined = undefined;

  constructor(options: EngineOptions = {}) {
    super();
    this.opts = options;
  }

  /** Takes the requests and upgrades of `httpServer` whose path is ours; others go where they went before. */
  attach(_httpServer: HttpServer, _options: AttachOptions = {}): void {
    throw new Error("not built yet");
  }

  handleRequest(_request: IncomingMessage, _response: ServerResponse): void {
    throw new Error("not built yet");
  }

  handleUpgrade(_request: IncomingMessage, _socket: Duplex, _head: Buffer): void {
    throw new Error("not built yet");
  }

  /** Adds a middleware, which also runs for websocket upgrades. */
  use(_middleware: Middleware): void {
    throw new Error("not built yet");
  }

  /** Makes a session id; override it, or assign another function. */
  generateId(_request: IncomingMessage): string | PromiseLike<string> {
    throw new Error("not built yet");
  }

  /** Closes all connections. */
  close(): this {
    return this;
  }
}
