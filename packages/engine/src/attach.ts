import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";

/** What of an engine stands on an HTTP server. */
export interface Attachable {
  readonly wheel: TimingWheel;
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
 * Puts an engine in front of the listeners that an HTTP server has: what is under the path goes to the engine,
 * everything else where it went before.
 */
export function attachEngine(engine: Attachable, server: HttpServer, how: Attachment): void {
  const others = server.listeners("request") as RequestListener[];
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    if (isUnderPath(request.url, how.path)) engine.handleRequest(request, response);
    else for (const other of others) other.call(server, request, response);
  });
  server.on("close", () => engine.close());
  if (!how.upgrades) return;
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isUnderPath(request.url, how.path)) engine.handleUpgrade(request, socket, head);
    else {
      // Until somebody takes it, nobody else listens: a reset would end the process.
      socket.on("error", ignoreError);
      if (!how.destroyUpgrade) return;
      engine.wheel.schedule(new UnclaimedUpgrade(socket as Socket), how.destroyUpgradeTimeout);
    }
  });
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
