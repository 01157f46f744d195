// What a case is given: one pairing, one transport, and somebody who clears up afterwards.
import {
  clientOptionsFor,
  finalTransport,
  loadClient,
  loadEngine,
  loadServer,
} from "../../src/support/pairing.ts";
import { next } from "../../src/support/wait.ts";
import { World } from "../../src/support/world.ts";
import type * as EngineIo from "engine.io";
import type * as SocketIo from "socket.io";
import type * as SocketIoClient from "socket.io-client";
import type {
  ClientOptions,
  ClientSocket,
  Maker,
  TransportMode,
} from "../../src/support/pairing.ts";
import type { WorldOptions } from "../../src/support/world.ts";

export interface Pairing {
  readonly server: Maker;
  readonly client: Maker;
}

export class Stage {
  readonly mode: TransportMode;
  /** The module that the server comes from. */
  readonly lib: typeof SocketIo;
  /** The module that the client comes from. */
  readonly clientLib: typeof SocketIoClient;
  /** npm `engine.io`, or what takes its place. */
  readonly engine: typeof EngineIo;
  /** Whose server and client these are: for choosing paths and names of packages, not for choosing expectations. */
  readonly pairing: Pairing;
  readonly #cleaners: (() => unknown)[] = [];

  private constructor(
    pairing: Pairing,
    mode: TransportMode,
    libs: [typeof SocketIo, typeof SocketIoClient, typeof EngineIo],
  ) {
    this.pairing = pairing;
    this.mode = mode;
    [this.lib, this.clientLib, this.engine] = libs;
  }

  static async set(pairing: Pairing, mode: TransportMode): Promise<Stage> {
    const libs = await Promise.all([
      loadServer(pairing.server),
      loadClient(pairing.client),
      loadEngine(pairing.server),
    ]);
    return new Stage(pairing, mode, libs);
  }

  /** The transport on which a client of this mode ends. */
  get transport(): string {
    return finalTransport(this.mode);
  }

  /** A server on a port of its own, and the clients that are made from it; all closed when the case has ended. */
  async open(options: Pick<WorldOptions, "options" | "setup" | "port"> = {}): Promise<World> {
    const world = await World.open({ ...this.pairing, mode: this.mode, ...options });
    this.after(() => world.close());
    return world;
  }

  /** A client of the mode for a server that the case has made itself; disconnected when the case has ended. */
  client(url: string, options: Partial<ClientOptions> = {}): ClientSocket {
    const socket = this.clientLib.io(url, {
      ...clientOptionsFor(this.mode),
      forceNew: true,
      reconnection: false,
      ...options,
    });
    this.after(() => socket.disconnect());
    return socket;
  }

  /** How a client is received at an address: `connect`, or what the error says and carries. */
  async knock(url: string, options: Partial<ClientOptions> = {}): Promise<unknown> {
    const socket = this.client(url, { autoConnect: false, ...options });
    const received = Promise.race([
      next(socket, "connect").then(() => "connect"),
      next<[Error & { data?: unknown }]>(socket, "connect_error").then(([{ message, data }]) => ({
        message,
        data,
      })),
    ]);
    socket.connect();
    return received;
  }

  /** Something to be done when the case has ended, however it did; the last first. */
  after(clean: () => unknown): void {
    this.#cleaners.push(clean);
  }

  async clear(): Promise<void> {
    for (const clean of this.#cleaners.splice(0).toReversed()) await clean();
  }
}
