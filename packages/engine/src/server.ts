import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Attached, servedPath } from "./attach.ts";
import { BaseServer } from "./base-server.ts";
import type { EngineInternals } from "./base-server.ts";
import { UpgradeGate } from "./http/gate.ts";
import type { AttachOptions, EngineOptions } from "./options.ts";
import { checkOptions } from "./resolve-options.ts";
import { Routes } from "./routes.ts";
import type { Route } from "./routes.ts";
import { ForeignAcceptor } from "./transports/foreign-websocket.ts";
import { GateOffer, OwnAcceptor } from "./transports/websocket-acceptor.ts";
import type { WebSocketAcceptor } from "./transports/websocket-acceptor.ts";

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

  /** @throws EngineError `OPTION_INVALID` for an option that cannot be used. */
  constructor(options: EngineOptions = {}, internals: EngineInternals = {}) {
    super(options, internals);
    const { perMessageDeflate, wsEngine } = this.opts;
    this.webSockets =
      wsEngine === undefined
        ? new OwnAcceptor(this.limits, perMessageDeflate)
        : new ForeignAcceptor(wsEngine, perMessageDeflate ?? false, this.limits);
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

  /** Serves one HTTP request, whatever its path. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    this.serve(request, response);
  }

  /** Serves one upgrade request, whatever its path. `head` are bytes that came behind it. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const gate = new UpgradeGate(request, socket, head);
    this.serveUpgrade(gate, new GateOffer(gate, this.webSockets));
  }

  /** Closes all connections, with the reason `forced close`, and admits no more. */
  override close(): this {
    super.close();
    this.webSockets.close();
    return this;
  }
}
