import { once } from "node:events";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";
import type { Connection } from "../src/connection.ts";
import type { EngineOptions } from "../src/options.ts";
import { EngineServer } from "../src/server.ts";
import type { ConnectionError, EngineInternals } from "../src/base-server.ts";
import { send } from "./raw-http.ts";
import type { Answer, RequestInput } from "./raw-http.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
    await cleanup();
  }
});

/** Does this when the test is over. */
export function afterTest(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Listens on a free port of the loopback until the test is over. */
export async function listenLocally(server: HttpServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterTest(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** What a connection went through, in words. */
export class Watched {
  readonly connection: Connection;
  readonly messages: (string | Buffer)[] = [];
  readonly closed: Promise<[reason: string, description: unknown]>;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.on("message", (data) => this.messages.push(data));
    this.closed = once(connection, "close") as Promise<[string, unknown]>;
  }
}

/** A WebSocket client that keeps what came. */
export class Peer {
  readonly socket: WebSocket;
  readonly messages: string[] = [];
  readonly closed: Promise<number>;
  /** Status and body of the HTTP answer, when the handshake is refused. */
  readonly refused: Promise<{ status: number; body: string }>;

  constructor(url: string, options?: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.socket.on("error", () => {});
    this.socket.on("message", (data: Buffer) => {
      this.messages.push(data.toString());
      this.socket.emit("more");
    });
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.refused = new Promise((resolve) => {
      this.socket.on("unexpected-response", (_request, response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      });
    });
    afterTest(() => this.socket.terminate());
  }

  async open(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, "open");
    return this;
  }

  send(data: string | Buffer): void {
    this.socket.send(data);
  }

  /** Waits for the next message that has not been taken. */
  async next(): Promise<string> {
    while (this.messages.length === 0) await once(this.socket, "more");
    return this.messages.shift() as string;
  }
}

/** An engine on a port, until the test is over. */
export class TestEngine {
  readonly engine: EngineServer;
  readonly http: HttpServer;
  readonly port: number;
  readonly refusals: ConnectionError[] = [];
  readonly connections: Watched[] = [];

  private constructor(engine: EngineServer, http: HttpServer, port: number) {
    this.engine = engine;
    this.http = http;
    this.port = port;
    engine.on("connection_error", (error) => this.refusals.push(error));
    engine.on("connection", (connection) => this.connections.push(new Watched(connection)));
  }

  static async start(
    options: EngineOptions = {},
    internals: EngineInternals = {},
    http: HttpServer = createServer(),
  ): Promise<TestEngine> {
    const engine = new EngineServer(options, internals).attach(http);
    const port = await listenLocally(http);
    afterTest(() => engine.close());
    return new TestEngine(engine, http, port);
  }

  get last(): Watched {
    return this.connections.at(-1) as Watched;
  }

  /** One request with this query. */
  ask(query: string, input?: RequestInput): Promise<Answer> {
    return send(this.port, `/engine.io/?EIO=4&${query}`, input);
  }

  /** Opens a session over polling and returns its id. */
  async handshake(headers: Record<string, string> = {}): Promise<string> {
    const { body } = await this.ask("transport=polling", { headers });
    return (JSON.parse(body.slice(1)) as { sid: string }).sid;
  }

  get(sid: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(`transport=polling&sid=${sid}`, { headers });
  }

  post(sid: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(`transport=polling&sid=${sid}`, { method: "POST", body, headers });
  }

  /** A WebSocket client, to upgrade the session `sid` or to open a new one. */
  /** A WebSocket client with a query of its own. */
  peerAt(query: string): Peer {
    return new Peer(`ws://127.0.0.1:${this.port}/engine.io/?${query}`);
  }

  peer(sid?: string, options?: ClientOptions): Peer {
    const query = sid === undefined ? "" : `&sid=${sid}`;
    const url = `ws://127.0.0.1:${this.port}/engine.io/?EIO=4&transport=websocket${query}`;
    return new Peer(url, options);
  }
}
