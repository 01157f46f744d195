// One server on a port of its own and the clients that a test connects to it, closed together.
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { clientOptionsFor, finalTransport, loadClient, loadServer } from "./pairing.ts";
import type {
  ClientOptions,
  ClientSocket,
  Maker,
  Server,
  ServerOptions,
  ServerSocket,
  TransportMode,
} from "./pairing.ts";
import { next, until, within } from "./wait.ts";

export interface WorldOptions {
  server: Maker;
  client: Maker;
  mode: TransportMode;
  options?: Partial<ServerOptions>;
  /** Runs before the server listens: handlers, middlewares, namespaces. */
  setup?: (io: Server) => void;
  /** A port to listen on again; a free one otherwise. */
  port?: number;
}

// Short, so that a test of reconnection is soon over; the backoff itself has its own unit tests.
const reconnection = { reconnectionDelay: 30, reconnectionDelayMax: 60, randomizationFactor: 0 };

export class World {
  readonly io: Server;
  readonly http: HttpServer;
  readonly port: number;
  readonly mode: TransportMode;
  readonly #clientMaker: Maker;
  readonly #clients: ClientSocket[] = [];
  #stopped: Promise<void> | undefined;

  private constructor(io: Server, http: HttpServer, options: WorldOptions) {
    this.io = io;
    this.http = http;
    this.port = (http.address() as AddressInfo).port;
    this.mode = options.mode;
    this.#clientMaker = options.client;
  }

  static async open(options: WorldOptions): Promise<World> {
    const { Server } = await loadServer(options.server);
    const http = createServer();
    const io = new Server(http, options.options);
    options.setup?.(io);
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return new World(io, http, options);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A client that has not been told to connect yet. */
  async client(namespace = "", options: Partial<ClientOptions> = {}): Promise<ClientSocket> {
    const { io } = await loadClient(this.#clientMaker);
    const socket = io(this.url + namespace, {
      ...clientOptionsFor(this.mode),
      ...reconnection,
      forceNew: true,
      autoConnect: false,
      ...options,
    });
    this.#clients.push(socket);
    return socket;
  }

  /** A connected client, on the transport that the mode ends on. */
  async connect(namespace = "", options: Partial<ClientOptions> = {}): Promise<ClientSocket> {
    const socket = await this.client(namespace, options);
    const connected = next(socket, "connect");
    socket.connect();
    await connected;
    await this.settled(socket);
    return socket;
  }

  /** Waits until the client is on its last transport, at both ends. */
  async settled(socket: ClientSocket): Promise<void> {
    const wanted = finalTransport(this.mode);
    await until(`the client is on ${wanted}`, () => socket.io.engine?.transport.name === wanted);
    await until(`the server is on ${wanted}`, () => {
      const there = this.serverSide(socket);
      return there === undefined || there.conn.transport.name === wanted;
    });
  }

  /** The server's socket for a connected client. */
  serverSide(client: ClientSocket, namespace = "/"): ServerSocket | undefined {
    return this.io.of(namespace).sockets.get(client.id ?? "");
  }

  /** A connected client with its socket on the server. */
  async pair(
    namespace = "",
    options: Partial<ClientOptions> = {},
  ): Promise<{ client: ClientSocket; server: ServerSocket }> {
    const client = await this.connect(namespace, options);
    const server = this.serverSide(client, namespace || "/");
    if (server === undefined) throw new Error("the server does not know the client's socket");
    return { client, server };
  }

  /** A socket of another namespace on a client's connection, connected. */
  async beside(client: ClientSocket, namespace: string): Promise<ClientSocket> {
    const socket = client.io.socket(namespace);
    this.#clients.push(socket);
    const connected = next(socket, "connect");
    socket.connect();
    await connected;
    return socket;
  }

  /** Closes the server, with clients still wanting to come back. */
  async stop(): Promise<void> {
    this.#stopped ??= within("the server closes", this.io.close());
    await this.#stopped;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.stop();
  }
}
