import { createServer } from "node:http";
import { Server, setUser } from "hawser";
import { CliError, textOf } from "../errors.ts";
import { Refusal } from "./auth/identity.ts";
import { makeAuth } from "./auth/make-auth.ts";
import { durationMs } from "./config/duration.ts";
import { serveRelay } from "./relay.ts";
import { mayEnter } from "./rooms.ts";
import { Webhooks } from "./webhooks.ts";
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiKey, DeliveryOptions, ServerOptions, Socket } from "hawser";
import type { Authenticate, Identity } from "./auth/identity.ts";
import type { Config } from "./config/types.ts";
import type { Logger } from "./logger.ts";

/** A server made from a config. */
export class Standalone {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #http: HttpServer;
  readonly #io: Server;
  readonly #stopped = new AbortController();
  readonly #identities = new WeakMap<object, Identity>();
  readonly #webhooks: Webhooks;
  readonly #startedMs = Date.now();
  #isStopping = false;

  private constructor(config: Config, log: Logger, delivery: DeliveryOptions | undefined) {
    this.#config = config;
    this.#log = log;
    this.#http = createServer((request, response) => this.#answer(request, response));
    this.#io = new Server(this.#http, this.#options(delivery));
    this.#webhooks = new Webhooks(config.webhooks, this.#stopped.signal, log);
  }

  /** Starts it. With a log that cannot be opened it does not: what is meant to be kept would not be. @throws CliError */
  static async start(config: Config, log: Logger): Promise<Standalone> {
    const server = new Standalone(config, log, await deliveryOf(config));
    try {
      await server.#io.delivery?.ready;
    } catch (error) {
      await server.stop();
      throw new CliError("usage", `delivery.log: ${textOf(error)}`);
    }
    const authenticate = await makeAuth(config.auth, server.#stopped.signal);
    for (const name of config.namespaces) server.#serve(name, authenticate);
    await server.#listen();
    return server;
  }

  /** Where it listens. */
  get address(): AddressInfo {
    return this.#http.address() as AddressInfo;
  }

  /** Tells everybody to come back elsewhere, and ends; what takes longer than allowed is cut off. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const late = setTimeout(() => {
      this.#log.warn("stopping took too long; cut off");
      this.#http.closeAllConnections();
    }, durationMs(this.#config.stopTimeout));
    await this.#io.close();
    this.#stopped.abort();
    clearTimeout(late);
  }

  #options(delivery: DeliveryOptions | undefined): Partial<ServerOptions> {
    const { path, cors, limits, plain, sse, publish, subscribe } = this.#config;
    return {
      path,
      ...(cors && { cors }),
      ...(delivery && { delivery }),
      maxHttpBufferSize: limits.messageBytes,
      allowRequest: (
        _request: IncomingMessage,
        decide: (error: string | null, ok: boolean) => void,
      ) => {
        const isFull = this.#io.engine.clientsCount >= limits.connections;
        decide(isFull ? "too many connections" : null, !isFull);
      },
      ...(plain && { plain }),
      ...(sse && { sse }),
      ...(publish && {
        publish: { path: publish.path, ...(publish.keys && { keys: publish.keys as ApiKey[] }) },
      }),
      subscribe: (socket: Socket, room: string) => this.#maySubscribe(socket, room, subscribe),
    };
  }

  #maySubscribe(socket: Socket, room: string, patterns: readonly string[]): boolean {
    return mayEnter(patterns, room, { user: this.#identities.get(socket)?.user, id: socket.id });
  }

  #serve(namespace: string, authenticate: Authenticate): void {
    const nsp = this.#io.of(namespace);
    nsp.use(async (socket, next) => {
      next(await this.#identify(socket, namespace, authenticate));
    });
    nsp.on("connection", (socket) => this.#onSocket(socket));
  }

  /** Finds out who it is; a refusal is what the client is told. */
  async #identify(
    socket: Socket,
    namespace: string,
    authenticate: Authenticate,
  ): Promise<Refusal | undefined> {
    const { handshake } = socket;
    const about = { namespace, address: handshake.address };
    try {
      const identity = await authenticate({ handshake, namespace });
      this.#identities.set(socket, identity);
      if (identity.user !== undefined) setUser(socket, identity.user);
      Object.assign(socket.data as object, identity.data);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) {
        this.#log.info("refused", { ...about, reason: error.message });
        return error;
      }
      this.#log.error("authentication failed", { ...about, error: textOf(error) });
      return new Refusal("authentication is not available", "AUTH_UNAVAILABLE", 503);
    }
  }

  #onSocket(socket: Socket): void {
    const { user, rooms = [] } = this.#identities.get(socket) ?? { user: undefined };
    const { relay, subscribe } = this.#config;
    const log = this.#log;
    if (rooms.length > 0) void socket.join([...rooms]);
    log.info("connected", { id: socket.id, namespace: socket.nsp.name, user });
    socket.on("disconnect", (reason) => log.info("disconnected", { id: socket.id, user, reason }));
    const taken = new Set(["subscribe", "unsubscribe", ...relay.map((it) => it.event)]);
    if (subscribe.length > 0) this.#serveSubscriptions(socket, subscribe);
    serveRelay(socket, user, relay, log);
    this.#webhooks.serve(socket, user, taken);
  }

  /** What plain clients have as a verb, as events for those of Socket.IO. */
  #serveSubscriptions(socket: Socket, patterns: readonly string[]): void {
    socket.on("subscribe", async (wanted: unknown, answer?: unknown) => {
      const granted = roomsOf(wanted).filter((it) => this.#maySubscribe(socket, it, patterns));
      await socket.join(granted);
      if (typeof answer === "function") (answer as (rooms: string[]) => void)(granted);
      return granted;
    });
    socket.on("unsubscribe", async (wanted: unknown, answer?: unknown) => {
      // Rooms that the server has put it into are not its own to leave.
      const left = roomsOf(wanted).filter((it) => this.#maySubscribe(socket, it, patterns));
      for (const room of left) await socket.leave(room);
      if (typeof answer === "function") (answer as (rooms: string[]) => void)(left);
      return left;
    });
  }

  #answer({ url = "/" }: IncomingMessage, response: ServerResponse): void {
    const [path] = url.split("?");
    const isHealth = this.#config.health !== false && path === this.#config.health;
    const status = isHealth ? (this.#isStopping ? 503 : 200) : 404;
    const body = isHealth
      ? {
          status: this.#isStopping ? "stopping" : "ok",
          connections: this.#io.engine.clientsCount,
          uptimeSeconds: Math.round((Date.now() - this.#startedMs) / 1_000),
        }
      : { error: "not found" };
    response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
    response.end(`${JSON.stringify(body)}\n`);
  }

  async #listen(): Promise<void> {
    const { host, port } = this.#config;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#http.once("error", reject);
        this.#http.listen(port, host, () => resolve());
      });
    } catch (error) {
      await this.#io.close();
      throw new CliError("usage", `cannot listen on ${host}:${port}: ${textOf(error)}`);
    }
  }
}

const roomsAtOnceMax = 100;
const roomCharactersMax = 256;

/** The rooms of an event's argument: one, or a list. */
function roomsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value.slice(0, roomsAtOnceMax) : [value];
  return list.filter(
    (it): it is string => typeof it === "string" && it !== "" && it.length <= roomCharactersMax,
  );
}

/** In memory, or in a file by `@hawser/log-sqlite`, which is installed beside. */
async function deliveryOf({ delivery }: Config): Promise<DeliveryOptions | undefined> {
  if (!delivery) return undefined;
  const { log, retention } = delivery;
  const rest = retention ? { retention } : {};
  if (log === "memory") return rest;
  try {
    const { fileLog } = await import("@hawser/log-sqlite");
    return { log: fileLog(log), ...rest };
  } catch (error) {
    throw new CliError("usage", `delivery.log: ${textOf(error)}`, "npm install @hawser/log-sqlite");
  }
}
