import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Reception } from "../admission/reception.ts";
import { perMessageDeflate } from "../deflate/per-message-deflate.ts";
import type { PerMessageDeflate } from "../deflate/per-message-deflate.ts";
import { argumentError, WebSocketError } from "../errors.ts";
import type { HandshakeErrorCode } from "../errors.ts";
import { acceptLines, checkLines, checkUpgrade, openConnection } from "../handshake/accept.ts";
import { chooseProtocol } from "../handshake/protocol.ts";
import { createOwnServer } from "../handshake/own-server.ts";
import { HandshakeError } from "../handshake/refuse.ts";
import { serverMessageBytesMax } from "../limits.ts";
import { lineRules } from "../socket/line-rules.ts";
import type { LineRules } from "../socket/line-rules.ts";
import type { ServerOptions, VerifyClient } from "../options.ts";
import type { SendData } from "../socket/payload.ts";
import type { PreparedMessage } from "../socket/prepared.ts";
import { publish } from "./publish.ts";
import type { PublishOptions } from "./publish.ts";
import type { ConnectionOptions } from "../connection/connection.ts";
import { isTaken } from "../connection/connection.ts";
import { ServerEmitter } from "./server-emitter.ts";
import { setUp } from "../handshake/set-up.ts";
import { toSetUp } from "../options.ts";
import { handlerOf } from "../socket/paced-handler.ts";
import { linkOf, WebSocket } from "../socket/websocket.ts";

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
> extends ServerEmitter<Socket, Request> {
  options: ServerOptions<Socket, Request>;
  /** The connected clients; undefined when `clientTracking` is false. */
  clients: Set<InstanceType<Socket>>;

  private readonly connectionOptions: ConnectionOptions;
  private readonly deflate: PerMessageDeflate | undefined;
  private readonly rules: LineRules;
  private readonly reception: Reception;
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
   * @throws TypeError `WS_ARGUMENT` unless exactly one of `port`, `server` and `noServer` is given.
   */
  constructor(options: ServerOptions<Socket, Request> = {}, onListening?: () => void) {
    super();
    // Configurations leave out what they do not have by null, too.
    const hasPort = (options.port ?? undefined) !== undefined;
    const given = [hasPort, Boolean(options.server), Boolean(options.noServer)];
    if (given.filter(Boolean).length !== 1) {
      throw argumentError(TypeError, "exactly one of port, server and noServer is needed");
    }
    this.options = { ...options };
    this.clients = (
      options.clientTracking === false ? undefined : new Set()
    ) as typeof this.clients;
    const { maxPayload = serverMessageBytesMax } = options;
    this.connectionOptions = setUp("server", toSetUp({ ...options, maxPayload }));
    this.deflate = perMessageDeflate(options.perMessageDeflate);
    this.rules = lineRules(options, "server");
    this.reception = new Reception(options);
    this.ownServer = hasPort;
    this.server = this.ownServer ? createOwnServer() : (options.server as HttpServer);
    this.server
      ?.on("listening", this.onListening)
      .on("error", this.onServerError)
      .on("upgrade", this.onUpgrade);
    if (this.ownServer) {
      if (onListening !== undefined) this.once("listening", onListening);
      this.server?.listen(options.port, options.host, options.backlog);
    }
  }

  /** The HTTP server below. Not for new code: what was written for `ws` looks for its port or its limits there. */
  get _server(): HttpServer | HttpsServer | null {
    return this.server ?? null;
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

  /** How many handshakes were refused so far, by the code of the error table. */
  get refusals(): ReadonlyMap<HandshakeErrorCode, number> {
    return this.reception.refusals;
  }

  /** Whether a request is for this server: by default, whether its path is that of the options. May be replaced. */
  shouldHandle(request: InstanceType<Request>): boolean {
    const { path } = this.options;
    return !path || (request.url ?? "").split("?", 1)[0] === path;
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
    if (isTaken(socket)) throw new WebSocketError("WS_ARGUMENT", "the socket was already upgraded");
    const error = this.problemOf(request);
    if (error !== undefined) {
      this.refuse(error, socket, request);
      return;
    }
    this.reception.receive(request, socket, this.options.verifyClient as VerifyClient | undefined, {
      onAdmitted: (guest) => this.admit(guest, request, socket, head, callback),
      onRefused: (refusal) => this.refuse(refusal, socket, request),
    });
  }

  /**
   * Sends a message to many: framed once, compressed once where no context is taken over.
   *
   * @returns How many sockets were sent it: those that are open, less those whose line is over its bound.
   * @throws WebSocketError `WS_ARGUMENT` with `clientTracking` off and no sockets in `to`, or for a Blob.
   * @example
   * server.publish(JSON.stringify(price), { to: (socket) => watchers.has(socket), except: sender });
   */
  publish(
    data: Exclude<SendData, Blob> | PreparedMessage,
    options: PublishOptions<InstanceType<Socket>> = {},
  ): number {
    return publish(data, this.clients, options);
  }

  private problemOf(request: InstanceType<Request>): HandshakeError | undefined {
    const error = checkUpgrade(request);
    if (error !== undefined) return error;
    return this.shouldHandle(request) ? undefined : new HandshakeError("WS_HANDSHAKE_PATH");
  }

  private refuse(error: HandshakeError, socket: Duplex, request: IncomingMessage): void {
    const code = error.code as HandshakeErrorCode;
    if (this.listenerCount("wsClientError") === 0) {
      this.reception.turnAway(code, error, socket);
      return;
    }
    this.reception.count(code);
    socket.on("error", destroySocket);
    this.emit("wsClientError", error, socket, request);
  }

  /** Opens a connection for a guest, who leaves where that fails. */
  private admit(
    guest: string | undefined,
    request: InstanceType<Request>,
    socket: Duplex,
    head: Buffer,
    callback: (socket: InstanceType<Socket>, request: InstanceType<Request>) => void,
  ): void {
    let webSocket: InstanceType<Socket> | undefined;
    try {
      webSocket = this.accept(guest, request, socket, head);
    } finally {
      if (webSocket === undefined) this.reception.leave(guest);
    }
    if (webSocket !== undefined) callback(webSocket, request);
  }

  private accept(
    guest: string | undefined,
    request: InstanceType<Request>,
    socket: Duplex,
    head: Buffer,
  ): InstanceType<Socket> | undefined {
    // The peer may have gone while it was being verified.
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return undefined;
    }
    if (this.state !== "running") {
      this.refuse(new HandshakeError("WS_SERVER_CLOSING"), socket, request);
      return undefined;
    }
    const protocol = chooseProtocol(request, this.options.handleProtocols);
    const extension = this.deflate?.accept(request.headers["sec-websocket-extensions"]);
    const lines = acceptLines(request, protocol, extension);
    if (this.listenerCount("headers") > 0) {
      this.emit("headers", lines, request);
      checkLines(lines.slice(1));
    }
    const webSocket = new (this.options.WebSocket ?? WebSocket)(null) as InstanceType<Socket>;
    const link = linkOf(webSocket);
    const handler = handlerOf(link, this.options.allowSynchronousEvents);
    const { connectionOptions } = this;
    const connection = openConnection(socket, head, lines, connectionOptions, handler, extension);
    link.open(connection, protocol, this.rules);
    link.owner = guest === undefined ? this.owner : { onGone: (gone) => this.onGone(gone, guest) };
    this.openClients++;
    this.clients?.add(webSocket);
    return webSocket;
  }

  private onGone(socket: WebSocket, guest?: string): void {
    this.openClients--;
    this.reception.leave(guest);
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

function destroySocket(this: Duplex): void {
  this.destroy();
}
