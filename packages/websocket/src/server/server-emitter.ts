import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ErasedListener } from "../erased.ts";
import { WebSocketError } from "../errors.ts";
import type { WebSocketServer } from "./server.ts";
import type { WebSocket } from "../socket/websocket.ts";

/** What listeners of a `WebSocketServer` get, by event. */
export interface WebSocketServerEvents<
  Socket = WebSocket,
  Request extends IncomingMessage = IncomingMessage,
> {
  /** A client has connected. */
  connection: [socket: Socket, request: Request];
  /** The header lines of the answer are about to be sent, and may be changed. */
  headers: [lines: string[], request: Request];
  /** A handshake is wrong. The listener, where there is one, answers and ends the socket. */
  wsClientError: [error: Error, socket: Duplex, request: Request];
  listening: [];
  error: [error: Error];
  /** Closed, and every client is gone. */
  close: [];
}

/** A listener of `on`. */
type ServerListener<
  Event extends keyof WebSocketServerEvents,
  Socket extends typeof WebSocket,
  Request extends typeof IncomingMessage,
> = (
  this: WebSocketServer<Socket, Request>,
  ...args: WebSocketServerEvents<InstanceType<Socket>, InstanceType<Request>>[Event]
) => void;

// Typed where the event is known; any other event is the user's own.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- only types are added to what EventEmitter has
export interface ServerEmitter<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> {
  on<Event extends keyof WebSocketServerEvents>(
    event: Event,
    listener: ServerListener<Event, Socket, Request>,
  ): this;
  on(event: string | symbol, listener: ErasedListener): this;
  once<Event extends keyof WebSocketServerEvents>(
    event: Event,
    listener: ServerListener<Event, Socket, Request>,
  ): this;
  once(event: string | symbol, listener: ErasedListener): this;
  off<Event extends keyof WebSocketServerEvents>(
    event: Event,
    listener: ServerListener<Event, Socket, Request>,
  ): this;
  off(event: string | symbol, listener: ErasedListener): this;
  addListener<Event extends keyof WebSocketServerEvents>(
    event: Event,
    listener: ServerListener<Event, Socket, Request>,
  ): this;
  addListener(event: string | symbol, listener: ErasedListener): this;
  removeListener<Event extends keyof WebSocketServerEvents>(
    event: Event,
    listener: ServerListener<Event, Socket, Request>,
  ): this;
  removeListener(event: string | symbol, listener: ErasedListener): this;
  prependListener<Event extends keyof WebSocketServerEvents>(
    event: Event,
    listener: ServerListener<Event, Socket, Request>,
  ): this;
  prependListener(event: string | symbol, listener: ErasedListener): this;
  prependOnceListener<Event extends keyof WebSocketServerEvents>(
    event: Event,
    listener: ServerListener<Event, Socket, Request>,
  ): this;
  prependOnceListener(event: string | symbol, listener: ErasedListener): this;
}

/**
 * Tells listeners of a server. An async listener of `connection` that fails because its connection did, as a loop over
 * its messages does, is no unhandled rejection: a peer cannot end the process so. Any other failure is one, as ever.
 */
export class ServerEmitter<
  // oxlint-disable-next-line no-unused-vars
  Socket extends typeof WebSocket = typeof WebSocket,
  // oxlint-disable-next-line no-unused-vars
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends EventEmitter {
  constructor() {
    super({ captureRejections: true });
  }
}

// A method with a name that is computed elsewhere cannot stand in the class, for the sake of isolated declarations.
Object.defineProperty(ServerEmitter.prototype, EventEmitter.captureRejectionSymbol, {
  value: onRejection,
});

async function onRejection(error: unknown): Promise<void> {
  if (!isLineFailure(error)) throw error;
}

/** Whether it says that a connection has failed, or is not open any more. */
function isLineFailure(error: unknown): boolean {
  const own = error instanceof Error && !(error instanceof WebSocketError) ? error.cause : error;
  return own instanceof WebSocketError && (own.fault !== "developer" || own.code === "WS_NOT_OPEN");
}
