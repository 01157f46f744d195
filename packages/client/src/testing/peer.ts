/* oxlint-disable no-restricted-imports -- for tests only, not part of the package */
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import type { ServerOptions } from "socket.io";
import { io } from "../index.ts";
import type { ManagerOptions, Socket, SocketOptions } from "../index.ts";

/** A server of npm's socket.io on loopback, and clients for it; `close` ends them all. */
export class Peer {
  server!: Server;
  http!: HttpServer;
  port = 0;
  readonly options: Partial<ServerOptions>;
  private readonly clients: Socket[] = [];

  constructor(options: Partial<ServerOptions> = {}) {
    this.options = options;
  }

  /** Starts, on the same port when it was there before. */
  async start(setUp: (server: Server) => void = () => {}): Promise<this> {
    this.http = createServer();
    this.server = new Server(this.http, this.options);
    setUp(this.server);
    await new Promise<void>((resolve) => this.http.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.http.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  client(options: Partial<ManagerOptions & SocketOptions> = {}, nsp = "/"): Socket {
    const socket = io(this.url + nsp, {
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
      forceNew: true,
      ...options,
    });
    this.clients.push(socket);
    return socket;
  }

  /** Ends the server and every connection to it. */
  async stop(): Promise<void> {
    await this.server.close();
    this.http.closeAllConnections();
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.disconnect();
    await this.stop();
  }
}

/** The arguments of the next event of that name. */
export function next<T = unknown>(
  emitter: { once(name: never, listener: (...args: never[]) => void): unknown },
  name: string,
): Promise<T[]> {
  return new Promise((resolve) => {
    emitter.once(name as never, (...args: unknown[]) => resolve(args as T[]));
  });
}

/** The ways to connect that every test goes through. */
export const modes: [string, Partial<ManagerOptions>][] = [
  ["polling", { transports: ["polling"] }],
  ["websocket", { transports: ["websocket"] }],
  ["polling, then websocket", {}],
];
