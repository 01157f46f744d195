import { isIP } from "node:net";
import { ServerError } from "../../errors.ts";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What of an HTTP server is guarded. */
export interface Listener {
  readonly listening: boolean;
  address(): AddressInfo | string | null;
  listen(...args: never[]): unknown;
  close(): unknown;
  prependListener(event: "listening", listener: () => void): unknown;
  emit(event: "error", error: Error): boolean;
}

/**
 * Keeps an HTTP server from listening where others than this machine can reach it. Where the address is known only
 * afterwards, the server is closed again, with an `error` event.
 * @throws ServerError `PUBLISH_OPEN` when it listens there already; `listen` throws the same
 */
export function guardListener(server: Listener): void {
  if (server.listening && isPublic(server)) throw new ServerError("PUBLISH_OPEN");
  const listen = server.listen.bind(server) as (...args: unknown[]) => unknown;
  server.listen = (...args: unknown[]): unknown => {
    if (reachOf(args) === "public") throw new ServerError("PUBLISH_OPEN");
    return listen(...args);
  };
  server.prependListener("listening", () => {
    if (!isPublic(server)) return;
    server.close();
    server.emit("error", new ServerError("PUBLISH_OPEN"));
  });
}

function isPublic(server: Listener): boolean {
  const address = server.address();
  // A path is a local socket.
  return address !== null && typeof address === "object" && !isLoopback(address.address);
}

/** Where the arguments of `listen` lead: without a host it is every address of the machine. */
function reachOf([first, second]: readonly unknown[]): "public" | "local" | "unknown" {
  if (typeof first === "string" && !/^\d+$/.test(first)) return "local";
  let host = second;
  if (typeof first === "object" && first !== null) {
    const options = first as { path?: unknown; port?: unknown; host?: unknown };
    if (options.path !== undefined && options.port === undefined) return "local";
    // A handle or a file descriptor of another process.
    if (options.port === undefined) return "unknown";
    host = options.host;
  }
  if (typeof host !== "string" || host === "") return "public";
  if (host === "localhost") return "local";
  // What a name stands for is known when it listens.
  if (isIP(host) === 0) return "unknown";
  return isLoopback(host) ? "local" : "public";
}

function isLoopback(address: string): boolean {
  const text = address.toLowerCase().replace(/^::ffff:/, "");
  return text === "::1" || (isIP(text) === 4 && text.startsWith("127."));
}

/** What proxies add, and browsers: a page on this machine's browser is not a program of its owner. */
const foreignHeaders: readonly (keyof IncomingHttpHeaders)[] = [
  "origin",
  "sec-fetch-site",
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-real-ip",
];

/**
 * Whether a request comes from a program on this machine, asking this machine by its name: no proxy and no page, also
 * none whose name has been made to point here.
 */
export function isFromThisMachine({ headers, socket }: IncomingMessage): boolean {
  for (const address of [socket.remoteAddress, socket.localAddress]) {
    if (address !== undefined && !isLoopback(address)) return false;
  }
  if (foreignHeaders.some((it) => headers[it] !== undefined)) return false;
  // In HTTP/2 it is called so.
  const name = headers.host ?? headers[":authority"] ?? "";
  const host = String(name)
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1");
  return host === "localhost" || isLoopback(host);
}
