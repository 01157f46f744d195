import { isIP } from "node:net";
import { isToken } from "./headers.ts";

/** Where a client connects to, taken apart. */
export interface Address {
  readonly url: string;
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Path and query of the request. */
  readonly path: string;
  /** User and password of the URL, decoded. */
  readonly auth: string | undefined;
  /** The path of a unix socket, for `ws+unix:`. */
  readonly socketPath: string | undefined;
}

/** What each scheme means: whether TLS is used, and whether the path names a unix socket. */
const schemes: ReadonlyMap<string, { secure: boolean; unix: boolean }> = new Map([
  ["ws:", { secure: false, unix: false }],
  ["http:", { secure: false, unix: false }],
  ["wss:", { secure: true, unix: false }],
  ["https:", { secure: true, unix: false }],
  ["ws+unix:", { secure: false, unix: true }],
  ["wss+unix:", { secure: true, unix: true }],
]);

/**
 * Reads the URL of a WebSocket. `ws+unix:/path/to/socket:/path?query` connects to a unix socket. A relative one
 * is resolved against `base`.
 *
 * @throws SyntaxError when it is no such URL, or has a fragment.
 */
export function parseAddress(text: string, base?: string): Address {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw new SyntaxError(`invalid URL: ${text}`);
  }
  if (url.protocol === "http:" || url.protocol === "https:")
    url.protocol = url.protocol.replace("http", "ws");
  const scheme = schemes.get(url.protocol);
  if (scheme === undefined)
    throw new SyntaxError(
      `the scheme of a WebSocket URL is ws:, wss:, http:, https: or ws+unix:, not ${url.protocol}`,
    );
  if (url.hash !== "") throw new SyntaxError("a WebSocket URL has no fragment");
  const [socketPath, ...rest] = scheme.unix ? url.pathname.split(":") : [];
  const unixPath = rest.join(":") || "/";
  if (scheme.unix && !socketPath) throw new SyntaxError("the URL names no unix socket");
  const auth = `${decode(url.username)}:${decode(url.password)}`;
  return {
    url: url.href,
    secure: scheme.secure,
    host: scheme.unix ? "localhost" : url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (scheme.secure ? 443 : 80) : Number(url.port),
    path: (scheme.unix ? unixPath : url.pathname) + url.search,
    auth: auth === ":" ? undefined : auth,
    socketPath,
  };
}

/** Undoes percent-encoding, where it is one. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The `Host` header for an address. */
export function hostHeader(address: Address): string {
  const host = isIP(address.host) === 6 ? `[${address.host}]` : address.host;
  return address.port === (address.secure ? 443 : 80) ? host : `${host}:${address.port}`;
}

/**
 * The subprotocols to offer.
 *
 * @throws SyntaxError when one is not a token, or comes twice.
 */
export function checkProtocols(
  protocols: string | readonly string[] | undefined,
): readonly string[] {
  const names =
    protocols === undefined ? [] : typeof protocols === "string" ? [protocols] : protocols;
  names.forEach((name, index) => {
    if (typeof name !== "string" || !isToken(name) || names.indexOf(name) !== index) {
      throw new SyntaxError(`an invalid or repeated subprotocol: ${name}`);
    }
  });
  return names;
}
