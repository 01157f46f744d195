import { once } from "node:events";
import { createServer } from "node:http";
import { makeApiKey } from "../src/http/publish/api-key.ts";
import { setUser } from "../src/delivery/user-room.ts";
import { Server } from "../src/server.ts";
import { FakeConnection } from "./fake-connection.ts";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiKey, ApiKeyOptions } from "../src/http/publish/api-key.ts";
import type { PublishOptions } from "../src/http/publish/options.ts";
import type { ServerOptions } from "../src/options.ts";
import type { Socket } from "../src/socket.ts";

/** What came back for a request. */
export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** A server that lets backends publish, one of them, and clients without a network. */
export class PublishWorld {
  readonly io: Server;
  readonly http: HttpServer;
  readonly sockets: Socket[] = [];
  /** What the server is given anew each millisecond. */
  keys: ApiKey[];
  /** The key that the backend sends. */
  key: string;
  port = 0;

  constructor(options: Partial<PublishOptions> = {}, own: ServerOptions = {}) {
    const made = makeApiKey({ id: "main", scopes: ["*"] });
    this.key = made.key;
    this.keys = [made.entry];
    this.http = createServer((_request, response) => response.writeHead(418).end());
    const publish = { keys: () => this.keys, limits: { keysFreshMs: 1 }, ...options };
    this.io = new Server(this.http, { ...own, publish });
    this.io.use((socket, next) => {
      setUser(socket, socket.handshake.auth["user"]);
      next();
    });
    this.io.on("connection", (socket) => void this.sockets.push(socket));
  }

  async start(): Promise<this> {
    this.http.listen(0, "127.0.0.1");
    await once(this.http, "listening");
    this.port = (this.http.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A client of a user, in rooms. */
  async come(user?: string, ...rooms: string[]): Promise<FakeConnection> {
    const conn = new FakeConnection(this.io);
    await conn.send(user === undefined ? "0" : `0{"user":"${user}"}`);
    conn.take();
    await this.sockets.at(-1)!.join(rooms);
    return conn;
  }

  async ask(method: string, path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...init,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(init.headers as Record<string, string>),
      },
    });
    const text = await response.text();
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, body, headers: response.headers };
  }

  get(path: string): Promise<Reply> {
    return this.ask("GET", path);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.ask("POST", path, {
      body: text,
      headers: { "content-type": "application/json", ...headers },
    });
  }

  publish(body: unknown, headers?: Record<string, string>): Promise<Reply> {
    return this.post("/hawser/publish", body, headers);
  }

  /** Makes the server know a further key, which the backend uses from now on. */
  addKey(options: ApiKeyOptions): void {
    const made = makeApiKey(options);
    this.keys.push(made.entry);
    this.key = made.key;
  }
}
