import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import type { Routes } from "./routes.ts";

/** What of an engine stands on an HTTP server. */
export interface Attachable {
  readonly wheel: TimingWheel;
  /** Further paths, which go before that of the engine. */
  readonly routes: Routes;
  handleRequest(request: IncomingMessage, response: ServerResponse): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): unknown;
}

/** How it stands there. */
export interface Attachment {
  /** The path as {@link servedPath} made it. */
  readonly path: string;
  /** Whether upgrades are taken at all. */
  readonly upgrades: boolean;
  readonly destroyUpgrade: boolean;
  readonly destroyUpgradeTimeout: number;
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** The path on the wire: one slash at its end, or none. */
export function servedPath(path: string, addTrailingSlash: boolean): string {
  const bare = path.endsWith("/") ? path.slice(0, -1) : path;
  return addTrailingSlash ? `${bare}/` : bare;
}

/** Whether the target of a request lies at or under `path`. */
export function isUnderPath(url: string | undefined, path: string): boolean {
  if (url === undefined || !url.startsWith(path)) return false;
  if (path.endsWith("/") || url.length === path.length) return true;
  const next = url[path.length];
  return next === "?" || next === "/" || next === "#";
}

/**
 * An engine in front of the listeners that an HTTP server has: what is under its path, or one of its routes, goes to the
 * engine, everything else where it went before.
 */
export class Attached {
  private readonly engine: Attachable;
  private readonly server: HttpServer;
  private readonly how: Attachment;
  private takesUpgrades = false;

  constructor(engine: Attachable, server: HttpServer, how: Attachment) {
    this.engine = engine;
    this.server = server;
    this.how = how;
    const others = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      const route = engine.routes.find(request.url);
      if (route?.request !== undefined) route.request(request, response);
      else if (isUnderPath(request.url, how.path)) engine.handleRequest(request, response);
      else for (const other of others) other.call(server, request, response);
    });
    server.on("close", () => engine.close());
    if (how.upgrades || engine.routes.takesUpgrades) this.takeUpgrades();
  }

  /** Without a listener, Node serves upgrades as ordinary requests, so there is none before it is needed. */
  takeUpgrades(): void {
    if (this.takesUpgrades) return;
    this.takesUpgrades = true;
    const { engine, how } = this;
    this.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const route = engine.routes.find(request.url);
      if (route?.upgrade !== undefined) route.upgrade(request, socket, head);
      else if (isUnderPath(request.url, how.path)) engine.handleUpgrade(request, socket, head);
      else {
        // Until somebody takes it, nobody else listens: a reset would end the process.
        socket.on("error", ignoreError);
        if (!how.destroyUpgrade) return;
        engine.wheel.schedule(new UnclaimedUpgrade(socket as Socket), how.destroyUpgradeTimeout);
      }
    });
  }
}

function ignoreError(): void {}

/** An upgrade for another path, which is ended when nobody has taken it in time. */
class UnclaimedUpgrade extends WheelEntry {
  private readonly socket: Socket;
  private readonly bytesWritten: number;

  constructor(socket: Socket) {
    super();
    this.socket = socket;
    this.bytesWritten = socket.bytesWritten;
  }

  override onExpire(): void {
    const { socket } = this;
    const claimed =
      socket.bytesWritten !== this.bytesWritten ||
      socket.listenerCount("data") > 0 ||
      socket.listenerCount("readable") > 0;
    if (claimed || !socket.writable) return;
    socket.destroySoon();
  }
}
