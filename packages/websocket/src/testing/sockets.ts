import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClientOptions } from "../options.ts";
import { WebSocketServer } from "../server/server.ts";
import { WebSocket } from "../socket/websocket.ts";

/** What to do when a test is over. */
export const cleanUp: (() => void)[] = [];

/** For `afterEach`. */
export function cleanUpAll(): void {
  for (const clean of cleanUp.splice(0)) clean();
}

/** A server of WebSockets, closed with the test. */
export async function listen(
  options: object = {},
): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  cleanUp.push(() => {
    for (const client of server.clients ?? []) client.terminate();
    server.close();
  });
  await once(server, "listening");
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A plain HTTP server, closed with the test. */
export async function listenHttp(server: Server, path?: string): Promise<string> {
  cleanUp.push(() => {
    server.close();
    server.closeAllConnections();
  });
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  const address = server.address();
  return typeof address === "string" ? address : `127.0.0.1:${address?.port}`;
}

export function dial(
  url: string,
  protocols?: string | string[],
  options?: ClientOptions,
): WebSocket {
  const socket = new WebSocket(url, protocols, options);
  cleanUp.push(() => socket.terminate());
  return socket;
}

/** Both ends of an open line. */
export async function pair(
  serverOptions: object = {},
  clientOptions: ClientOptions = {},
): Promise<{ server: WebSocketServer; url: string; client: WebSocket; peer: WebSocket }> {
  const { server, url } = await listen(serverOptions);
  const accepted = once(server, "connection") as Promise<[WebSocket]>;
  const client = dial(url, undefined, clientOptions);
  const [[peer]] = await Promise.all([accepted, once(client, "open")]);
  return { server, url, client, peer };
}

/** Waits for the end; `once` of node:events would reject at an error before it. */
export function closing(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once("close", (code) => resolve(code)));
}

/** Waits for a connection to fail, and says why. */
export async function failure(socket: WebSocket): Promise<Error> {
  let error = new Error("there was none");
  socket.once("error", (told) => {
    error = told;
  });
  const code = await closing(socket);
  if (code !== 1006 || socket.readyState !== WebSocket.CLOSED)
    throw new Error(`closed with ${code}`);
  return error;
}
