// Which server meets which client, over which transport. npm's peers set the types: Hawser has their API.
import type * as EngineIo from "engine.io";
import type * as SocketIo from "socket.io";
import type * as SocketIoClient from "socket.io-client";

export type Maker = "hawser" | "socket.io";
export type TransportMode = "polling" | "websocket" | "polling upgraded";

export type Server = SocketIo.Server;
export type ServerSocket = SocketIo.Socket;
export type ServerOptions = SocketIo.ServerOptions;
export type ClientSocket = SocketIoClient.Socket;
export type ClientOptions = SocketIoClient.ManagerOptions & SocketIoClient.SocketOptions;

export const transportModes: readonly TransportMode[] = [
  "polling",
  "websocket",
  "polling upgraded",
];

/**
 * What a test of Hawser alone runs against. With HAWSER_TEST_CONTROL set npm's peers take Hawser's
 * place, which shows whether the test itself is right.
 */
export const ours: Maker = process.env["HAWSER_TEST_CONTROL"] ? "socket.io" : "hawser";

const serverPackages = { hawser: "hawser", "socket.io": "socket.io" } as const;
const clientPackages = { hawser: "@hawser/client", "socket.io": "socket.io-client" } as const;

export async function loadServer(maker: Maker): Promise<typeof SocketIo> {
  return (await import(serverPackages[maker])) as typeof SocketIo;
}

export async function loadClient(maker: Maker): Promise<typeof SocketIoClient> {
  return (await import(clientPackages[maker])) as typeof SocketIoClient;
}

const enginePackages = { hawser: "@hawser/engine", "socket.io": "engine.io" } as const;

export async function loadEngine(maker: Maker): Promise<typeof EngineIo> {
  return (await import(enginePackages[maker])) as typeof EngineIo;
}

/** The client's options for a mode. */
export function clientOptionsFor(mode: TransportMode): Partial<ClientOptions> {
  if (mode === "polling") return { transports: ["polling"], upgrade: false };
  if (mode === "websocket") return { transports: ["websocket"] };
  return { transports: ["polling", "websocket"] };
}

/** The transport that a client ends up on in a mode. */
export const finalTransport = (mode: TransportMode): string =>
  mode === "polling" ? "polling" : "websocket";
