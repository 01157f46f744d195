import { CliError } from "./errors.ts";

export const dialects = ["socket.io", "plain", "msgpack", "raw", "sse"] as const;
export type Dialect = (typeof dialects)[number];

/** What is connected to, and in which language. */
export interface Target {
  readonly dialect: Dialect;
  readonly url: URL;
}

/**
 * Which language a URL is spoken to in, unless it is named: `http(s):` is Socket.IO, `ws(s):` with a path that ends in
 * `/hawser/ws` is the plain dialect (its path is the server's to choose: then name it), with `/socket.io/` Socket.IO, and
 * any other `ws(s):` is a bare WebSocket. An address without a scheme, such as `localhost:3000`, is `http:`.
 * @throws CliError
 */
export function targetOf(text: string, named: Dialect | undefined): Target {
  const url = parse(text);
  const isWebSocket = url.protocol === "ws:" || url.protocol === "wss:";
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  if (!isWebSocket && !isHttp) {
    throw new CliError(
      "usage",
      `${url.protocol} is not spoken here; use http:, https:, ws: or wss:`,
    );
  }
  const dialect = named ?? guess(url, isHttp);
  return { dialect, url: completed(url, dialect) };
}

function parse(text: string): URL {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(full)) return new URL(full);
  throw new CliError(
    "usage",
    `${JSON.stringify(text)} is not an address`,
    "such as http://localhost:3000",
  );
}

function guess({ pathname }: URL, isHttp: boolean): Dialect {
  if (pathname.endsWith("/hawser/sse")) return "sse";
  if (pathname.endsWith("/hawser/ws")) return "plain";
  if (isHttp || pathname.startsWith("/socket.io")) return "socket.io";
  return "raw";
}

/** The scheme that its client wants, and the usual path where there is none. */
function completed(url: URL, dialect: Dialect): URL {
  const result = new URL(url);
  const isSecure = url.protocol === "https:" || url.protocol === "wss:";
  const isHttp = dialect === "socket.io" || dialect === "sse";
  result.protocol = `${isHttp ? "http" : "ws"}${isSecure ? "s" : ""}:`;
  if (url.pathname === "/") {
    if (dialect === "plain" || dialect === "msgpack") result.pathname = "/hawser/ws";
    if (dialect === "sse") result.pathname = "/hawser/sse";
  }
  return result;
}

/** Whether an address is of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}
