// One server with `allowEIO3`, and clients of npm socket.io-client 2 on it.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { clientOptionsFor, loadServer } from "./pairing.ts";
import type { Maker, Server, ServerOptions, ServerSocket, TransportMode } from "./pairing.ts";
import { next } from "./wait.ts";

/** What is used of a socket of socket.io-client 2, which has no types of its own. */
export interface V2Socket {
  readonly id: string;
  readonly connected: boolean;
  on(event: string, listener: (...args: never[]) => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
  emit(event: string, ...args: unknown[]): void;
  close(): void;
  connect(): void;
}

type V2Connect = (url: string, options: object) => V2Socket;

const connectV2 = createRequire(import.meta.url)("socket.io-client-2") as V2Connect;

export class V2World {
  readonly io: Server;
  readonly port: number;
  readonly #mode: TransportMode;
  readonly #clients: V2Socket[] = [];
  readonly #close: () => Promise<unknown>;

  private constructor(
    io: Server,
    port: number,
    mode: TransportMode,
    close: () => Promise<unknown>,
  ) {
    this.io = io;
    this.port = port;
    this.#mode = mode;
    this.#close = close;
  }

  static async open(
    maker: Maker,
    mode: TransportMode,
    setup: (io: Server) => void = () => {},
    options: Partial<ServerOptions> = {},
  ): Promise<V2World> {
    const { Server } = await loadServer(maker);
    const http = createServer();
    const io = new Server(http, { allowEIO3: true, ...options });
    setup(io);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    return new V2World(io, port, mode, () => io.close());
  }

  /** A client that connects at once; `path` may have a query for the namespace. */
  client(path = "", options: object = {}): V2Socket {
    const socket = connectV2(`http://127.0.0.1:${this.port}${path}`, {
      ...clientOptionsFor(this.#mode),
      forceNew: true,
      reconnectionDelay: 30,
      reconnectionDelayMax: 60,
      randomizationFactor: 0,
      ...options,
    });
    this.#clients.push(socket);
    return socket;
  }

  /** A connected client and its socket on the server. */
  async pair(path = "", options: object = {}): Promise<{ client: V2Socket; server: ServerSocket }> {
    const namespace = path.split("?", 1)[0] || "/";
    const connected = new Promise<ServerSocket>((resolve) => {
      this.io.of(namespace).once("connection", resolve);
    });
    const client = this.client(path, options);
    const [server] = await Promise.all([connected, next(client, "connect")]);
    return { client, server };
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.#close();
  }
}
