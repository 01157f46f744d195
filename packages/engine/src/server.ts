import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Attached, servedPath } from "./attach.ts";
import { BaseServer } from "./base-server.ts";
import type { EngineInternals } from "./base-server.ts";
import type { AdmissionOutcome } from "./admission.ts";
import { HttpGate, UpgradeGate } from "./http/gate.ts";
import { LineAdmission } from "./line-admission.ts";
import { LineHandshake } from "./line-handshake.ts";
import type { PlainLineOptions, StreamOptions } from "./line-handshake.ts";
import type { AttachOptions, EngineOptions } from "./options.ts";
import { checkOptions } from "./resolve-options.ts";
import { Routes } from "./routes.ts";
import type { Route } from "./routes.ts";
import { ForeignAcceptor } from "./transports/foreign-websocket.ts";
import { GateOffer, OwnAcceptor } from "./transports/websocket-acceptor.ts";
import type { WebSocketAcceptor } from "./transports/websocket-acceptor.ts";

/** A request that waits for its admission, and what comes of it. */
interface Wish<Gate, Options> {
  readonly gate: Gate;
  readonly options: Options;
}

/**
 * An Engine.IO server on Node's own HTTP servers: revision 4, and 3 with `allowEIO3`.
 *
 * @example
 * const engine = new EngineServer({ pingInterval: 10_000 });
 * engine.attach(httpServer);
 * engine.on("connection", (connection) => connection.send("hello"));
 */
export class EngineServer extends BaseServer {
  /** The HTTP server that it was attached to last. */
  httpServer: HttpServer | undefined = undefined;
  /** @internal Paths beside its own. */
  readonly routes: Routes = new Routes();
  private readonly attached: Attached[] = [];
  private readonly webSockets: WebSocketAcceptor;
  private readonly lines: LineHandshake;
  private readonly plainLines: AdmissionOutcome<Wish<UpgradeGate, PlainLineOptions>> = {
    onHandshake: ({ gate, options }, id) => {
      const made = this.lines.openPlain(id, gate, options);
      if (made instanceof Error) this.onWebSocketRefused(gate.request, made);
      else this.welcome(made, options);
    },
  };
  private readonly streams: AdmissionOutcome<Wish<HttpGate, StreamOptions>> = {
    onHandshake: ({ gate, options }, id) =>
      this.welcome(this.lines.openStream(id, gate, options), options),
  };

  /** @throws EngineError `OPTION_INVALID` for an option that cannot be used. */
  constructor(options: EngineOptions = {}, internals: EngineInternals = {}) {
    super(options, internals);
    const { perMessageDeflate, wsEngine } = this.opts;
    this.webSockets =
      wsEngine === undefined
        ? new OwnAcceptor(this.limits, perMessageDeflate)
        : new ForeignAcceptor(wsEngine, perMessageDeflate ?? false, this.limits);
    this.lines = new LineHandshake(this, this.limits, this.handshake.connections);
  }

  /** Takes the requests and upgrades of `server` that are under the path; others go where they went before. */
  attach(server: HttpServer, options: AttachOptions = {}): this {
    checkOptions(options);
    const { opts } = this;
    this.open();
    this.httpServer = server;
    const attached = new Attached(this, server, {
      path: servedPath(
        options.path || opts.path,
        options.addTrailingSlash ?? opts.addTrailingSlash,
      ),
      upgrades: opts.transports.includes("websocket"),
      destroyUpgrade: options.destroyUpgrade ?? opts.destroyUpgrade,
      destroyUpgradeTimeout: options.destroyUpgradeTimeout ?? opts.destroyUpgradeTimeout,
    });
    this.attached.push(attached);
    return this;
  }

  /**
   * Serves a further path on all HTTP servers that it is attached to, now or later: `/chat` alone, or with `/chat/*` all
   * that is beneath. An exact path goes before a longer one, and that before the path of Engine.IO.
   *
   * @throws EngineError `OPTION_INVALID` for a path that is no path, or is taken
   */
  addRoute(path: string, route: Route): void {
    this.routes.add(path, route);
    if (this.routes.takesUpgrades) for (const attached of this.attached) attached.takeUpgrades();
  }

  /** The WebSocket server of the class given as `wsEngine`; undefined without: our own layer has no such object. */
  get ws(): unknown {
    return this.webSockets.server;
  }

  /** Serves one HTTP request, whatever its path. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    this.serve(request, response);
  }

  /** Serves one upgrade request, whatever its path. `head` are bytes that came behind it. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const gate = new UpgradeGate(request, socket, head);
    this.serveUpgrade(gate, new GateOffer(gate, this.webSockets));
  }

  /**
   * Takes a websocket whose frames are messages as they are, after the admission that all requests have: middlewares, origin,
   * `allowRequest`, `generateId`. Its connection is like any other, but for `transport`: a
   * {@link PlainWebSocketTransport}. It is served by our own WebSocket layer, whatever `wsEngine` says.
   *
   * @param head bytes that came behind the request
   */
  acceptPlain(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    options: PlainLineOptions,
  ): void {
    const gate = new UpgradeGate(request, socket, head);
    new LineAdmission(this.admission, gate, this.plainLines, { gate, options }).start();
  }

  /**
   * Answers a GET with a stream of Server-Sent Events, after the same admission. The answer begins with the first message;
   * until then `connection.refuseStream` may refuse it.
   */
  acceptStream(request: IncomingMessage, response: ServerResponse, options: StreamOptions): void {
    const gate = new HttpGate(request, response);
    new LineAdmission(this.admission, gate, this.streams, { gate, options }).start();
  }

  /** Closes all connections, with the reason `forced close`, and admits no more. */
  override close(): this {
    super.close();
    this.webSockets.close();
    return this;
  }
}
