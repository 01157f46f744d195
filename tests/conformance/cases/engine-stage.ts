// An engine of its own on an HTTP server, with npm engine.io-client on the other side, and what its users can see.
import { createServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type * as EngineIo from "engine.io";
import { Socket as ClientSocket } from "engine.io-client";
import type { SocketOptions } from "engine.io-client";
import { next } from "../harness/tools.ts";
import type { Case } from "../harness/case.ts";
import type { Stage } from "../harness/stage.ts";

export type EngineSocket = EngineIo.Socket;
type Options = EngineIo.ServerOptions & EngineIo.AttachOptions;

/** A case about the engine: whose client of Socket.IO there is makes no difference. */
export const engineCase = (run: Case["run"], rest: Partial<Case> = {}): Case => ({
  run,
  of: "server",
  ...rest,
});
/** The same where the transport is named by the case itself. */
export const once = (run: Case["run"], rest: Partial<Case> = {}): Case =>
  engineCase(run, { modes: ["polling"], ...rest });

export class EngineWorld {
  readonly http: HttpServer;
  readonly engine: EngineIo.Server;
  readonly #it: Stage;

  private constructor(it: Stage, http: HttpServer, engine: EngineIo.Server) {
    this.#it = it;
    this.http = http;
    this.engine = engine;
  }

  /** An engine on an HTTP server that listens; closed when the case has ended. */
  static async open(it: Stage, options: Options = {}): Promise<EngineWorld> {
    const http = createServer((_request, response) => response.writeHead(404).end("another's"));
    const world = new EngineWorld(it, http, it.engine.attach(http, options));
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    it.after(() => {
      world.engine.close();
      http.close();
      http.closeAllConnections();
    });
    return world;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** A client on the transports of the mode. */
  client(options: Partial<SocketOptions> = {}): ClientSocket {
    const transports = {
      polling: ["polling"],
      websocket: ["websocket"],
      "polling upgraded": ["polling", "websocket"],
    };
    const client = new ClientSocket(`ws://127.0.0.1:${this.port}`, {
      transports: transports[this.#it.mode],
      ...options,
    });
    client.on("error", () => {});
    this.#it.after(() => client.close());
    return client;
  }

  /** A client and its socket here, when both are open and on the transport on which they stay. */
  async pair(
    options: Partial<SocketOptions> = {},
  ): Promise<{ client: ClientSocket; socket: EngineSocket }> {
    const connected = next<[EngineSocket]>(this.engine, "connection");
    const client = this.client(options);
    const upgraded = this.#it.mode === "polling upgraded" && next(client, "upgrade");
    const [socket] = await connected;
    if (upgraded) {
      const moved = socket.upgraded || next(socket, "upgrade");
      await upgraded;
      await moved;
    } else if (client.readyState !== "open") await next(client, "open");
    return { client, socket };
  }

  /** An answer to a request of our own. */
  async ask(query: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.port}/engine.io/?${query}`, init);
    const { status } = response;
    return { status, type: response.headers.get("content-type"), body: await response.text() };
  }
}

export interface Answer {
  status: number;
  type: string | null;
  body: string;
}

export interface Refusal {
  method: string | undefined;
  code: number;
  message: string;
  context: Record<string, unknown>;
}

/** What `connection_error` says, in order. */
export function refusals(engine: EngineIo.Server): Refusal[] {
  const seen: Refusal[] = [];
  engine.on("connection_error", (error: Omit<Refusal, "method"> & { req: IncomingMessage }) => {
    const { req, code, message, context } = error;
    seen.push({ method: req.method, code, message, context: shown(context) });
  });
  return seen;
}

/** A context without the objects of Node in it, and without what is not known. */
function shown(context: object): Record<string, unknown> {
  const known = Object.entries(context).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    known.map(([key, value]) => [
      key,
      typeof value === "object" && !(value instanceof Error) ? "<object>" : (value as unknown),
    ]),
  );
}

/** Why a connection ended, as its listeners are told. */
export async function closeOf(socket: object): Promise<unknown> {
  const [reason, description] = await next(socket, "close");
  return [reason, description instanceof Error ? description.message : typeof description];
}
