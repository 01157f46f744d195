import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { ErasedListener } from "./erased.ts";
import { perMessageDeflate } from "./deflate/per-message-deflate.ts";
import type { PerMessageDeflate } from "./deflate/per-message-deflate.ts";
import { WebSocketError } from "./errors.ts";
import { acceptLines, checkLines, checkUpgrade, openConnection } from "./handshake/accept.ts";
import { isToken, parseProtocols } from "./handshake/headers.ts";
import { HandshakeError, refuseRequest, refuseUpgrade } from "./handshake/refuse.ts";
import type { ClientInfo, ServerOptions, VerifyAnswer, VerifyClient } from "./options.ts";
import type { ConnectionOptions } from "./connection.ts";
import { isTaken } from "./connection.ts";
import { setUp } from "./handshake/set-up.ts";
import { toSetUp } from "./options.ts";
import { linkOf, WebSocket } from "./websocket.ts";

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
export interface WebSocketServer<
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
 * A WebSocket server: on a port of its own, on a node:http or node:https server, or on none, with upgrades handed to
 * it.
 *
 * @example
 * const server = new WebSocketServer({ port: 8080 });
 * server.on("connection", (socket) => {
 *   socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
 * });
 */
export class WebSocketServer<
  Socket extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends EventEmitter {
  options: ServerOptions<Socket, Request>;
  /** The connected clients; undefined when `clientTracking` is false. */
  clients: Set<InstanceType<Socket>>;

  private readonly connectionOptions: ConnectionOptions;
  private readonly deflate: PerMessageDeflate | undefined;
  private readonly server: HttpServer | HttpsServer | undefined;
  /** Whether the server was made here, and is closed with this one. */
  private readonly ownServer: boolean;
  private state: "running" | "closing" | "closed" = "running";
  private openClients = 0;
  private serverClosed = false;
  /** What the clients' links know of this server. */
  private readonly owner = { onGone: (socket: WebSocket): void => this.onGone(socket) };

  /**
   * @param onListening Called once a server of its own listens.
   * @throws WebSocketError `WS_ARGUMENT` unless exactly one of `port`, `server` and `noServer` is given.
   */
  constructor(options: ServerOptions<Socket, Request> = {}, onListening?: () => void) {
    super();
    const given = [
      options.port !== undefined,
      options.server !== undefined,
      options.noServer === true,
    ];
    if (given.filter(Boolean).length !== 1) {
      throw new WebSocketError(
        "WS_ARGUMENT",
        "exactly one of the options port, server and noServer is needed",
      );
    }
    this.options = { ...options };
    this.clients = (
      options.clientTracking === false ? undefined : new Set()
    ) as typeof this.clients;
    this.connectionOptions = setUp("server", toSetUp(options));
    this.deflate = perMessageDeflate(options.perMessageDeflate);
    this.ownServer = options.port !== undefined;
    this.server = this.ownServer ? createServer(refuseRequest) : (options.server as HttpServer);
    this.server
      ?.on("listening", this.onListening)
      .on("error", this.onServerError)
      .on("upgrade", this.onUpgrade);
    if (onListening !== undefined) this.once("listening", onListening);
    if (this.ownServer) this.server?.listen(options.port, options.host, options.backlog);
  }

  /**
   * Where the server listens, as `server.address()` of node:net.
   *
   * @throws WebSocketError `WS_ARGUMENT` in `noServer` mode.
   */
  address(): AddressInfo | string | null {
    if (this.server === undefined)
      throw new WebSocketError("WS_ARGUMENT", "there is no server in noServer mode");
    return this.server.address();
  }

  /** Whether a request is for this server: by default, whether its path is that of the options. May be replaced. */
  shouldHandle(request: InstanceType<Request>): boolean {
    const { path } = this.options;
    return path === undefined || (request.url ?? "").split("?", 1)[0] === path;
  }

  /**
   * Accepts no more clients. Those that are connected stay; a server of its own is closed, one that was given is left
   * to its owner. `close` is emitted once all clients are gone.
   *
   * @param callback Called with that event, or with an error when the server was closed before.
   */
  close(callback?: (error?: Error) => void): void {
    if (this.state === "closed") {
      process.nextTick(
        callback ?? (() => {}),
        new WebSocketError("WS_NOT_OPEN", "the server is closed"),
      );
      return;
    }
    if (callback !== undefined) this.once("close", callback);
    if (this.state === "closing") return;
    this.state = "closing";
    const { server } = this;
    server?.off("listening", this.onListening).off("error", this.onServerError);
    if (this.ownServer && server !== undefined) {
      // It keeps answering upgrades that are on the way, with 503.
      server.close(() => this.onServerClosed());
      server.closeIdleConnections();
    } else {
      server?.off("upgrade", this.onUpgrade);
      process.nextTick(() => this.onServerClosed());
    }
  }

  /**
   * Answers an upgrade request. `callback` gets the socket when the handshake is accepted; all else is answered with
   * plain HTTP, or goes to `wsClientError` where somebody listens.
   *
   * @throws WebSocketError `WS_ARGUMENT` when the socket was handed over before.
   */
  handleUpgrade(
    request: InstanceType<Request>,
    socket: Duplex,
    head: Buffer,
    callback: (socket: InstanceType<Socket>, request: InstanceType<Request>) => void,
  ): void {
    const error = this.problemOf(request);
    if (error !== undefined) {
      this.refuse(error, socket, request);
      return;
    }
    const { verifyClient } = this.options;
    if (verifyClient === undefined) {
      this.accept(request, socket, head, callback);
      return;
    }
    // While it is being verified, a socket that breaks must not be an unhandled error.
    socket.on("error", destroySocket);
    verify(
      verifyClient as VerifyClient,
      request,
      (admitted, status = 401, message, headers = {}) => {
        socket.off("error", destroySocket);
        if (admitted) this.accept(request, socket, head, callback);
        else refuseUpgrade(socket, status, message, toLines(headers));
      },
    );
  }

  private problemOf(request: InstanceType<Request>): HandshakeError | undefined {
    const error = checkUpgrade(request);
    if (error !== undefined) return error;
    return this.shouldHandle(request) ? undefined : new HandshakeError("WS_HANDSHAKE_PATH");
  }

  private refuse(error: HandshakeError, socket: Duplex, request: IncomingMessage): void {
    if (this.listenerCount("wsClientError") > 0) {
      socket.on("error", destroySocket);
      this.emit("wsClientError", error, socket, request);
    } else refuseUpgrade(socket, error.status, error.message, error.headers);
  }

  private accept(
    request: InstanceType<Request>,
    socket: Duplex,
    head: Buffer,
    callback: (socket: InstanceType<Socket>, request: InstanceType<Request>) => void,
  ): void {
    if (isTaken(socket)) throw new WebSocketError("WS_ARGUMENT", "the socket was already upgraded");
    // The peer may have gone while it was being verified.
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return;
    }
    if (this.state !== "running") {
      this.refuse(new HandshakeError("WS_SERVER_CLOSING"), socket, request);
      return;
    }
    const protocol = this.chooseProtocol(request);
    const extension = this.deflate?.accept(request.headers["sec-websocket-extensions"]);
    const lines = acceptLines(request, protocol, extension);
    if (this.listenerCount("headers") > 0) {
      this.emit("headers", lines, request);
      checkLines(lines.slice(1));
    }
    const webSocket = new (this.options.WebSocket ?? WebSocket)(null) as InstanceType<Socket>;
    const link = linkOf(webSocket);
    const { connectionOptions } = this;
    link.open(openConnection(socket, head, lines, connectionOptions, link, extension), protocol);
    link.owner = this.owner;
    this.openClients++;
    this.clients?.add(webSocket);
    callback(webSocket, request);
  }

  private chooseProtocol(request: InstanceType<Request>): string {
    const offered = parseProtocols(request.headers["sec-websocket-protocol"] ?? "");
    if (offered === undefined) return "";
    const { handleProtocols } = this.options;
    if (handleProtocols === undefined) return offered[0] as string;
    const chosen = handleProtocols(new Set(offered), request);
    return chosen !== false && isToken(chosen) ? chosen : "";
  }

  private onGone(socket: WebSocket): void {
    this.openClients--;
    this.clients?.delete(socket as InstanceType<Socket>);
    if (this.serverClosed && this.openClients === 0) process.nextTick(() => this.emitClose());
  }

  private onServerClosed(): void {
    this.serverClosed = true;
    if (this.openClients === 0) this.emitClose();
  }

  private emitClose(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.emit("close");
  }

  // Listeners on the server, made once so that they can be taken off again.

  private readonly onListening = (): void => {
    this.emit("listening");
  };

  private readonly onServerError = (error: Error): void => {
    this.emit("error", error);
  };

  private readonly onUpgrade = (
    request: InstanceType<Request>,
    socket: Duplex,
    head: Buffer,
  ): void => {
    this.handleUpgrade(request, socket, head, (webSocket) =>
      this.emit("connection", webSocket, request),
    );
  };
}

function verify(verifyClient: VerifyClient, request: IncomingMessage, answer: VerifyAnswer): void {
  const { headers } = request;
  const info: ClientInfo = {
    origin: headers[
      headers["sec-websocket-version"] === "8" ? "sec-websocket-origin" : "origin"
    ] as string,
    secure: "encrypted" in request.socket,
    req: request,
  };
  if (verifyClient.length === 2) verifyClient(info, answer);
  else answer((verifyClient as (info: ClientInfo) => boolean)(info));
}

function destroySocket(this: Duplex): void {
  this.destroy();
}

function toLines(headers: OutgoingHttpHeaders): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
}
