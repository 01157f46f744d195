import type { IncomingHttpHeaders } from "node:http";

/** RFC 9110 §5.5: visible characters, spaces and tabs, and obs-text. */
const validHeaderValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/u;

/** How much of a foreign origin is repeated to the one who reads the refusal. */
const shownOriginLengthMax = 200;

/** Whether `value` has characters that no header may have. */
export function hasInvalidCharacters(value: string): boolean {
  return !validHeaderValue.test(value);
}

/** The host of a serialised origin with its port, in lower case; undefined when it has none (`null`, `file://`). */
function hostOfOrigin(origin: string): string | undefined {
  const start = origin.indexOf("://");
  if (start <= 0) return undefined;
  const host = origin.slice(start + 3).toLowerCase();
  if (host === "" || host.includes("/") || host.includes("@")) return undefined;
  return host;
}

function sameHost(originHost: string, scheme: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  const wanted = host.trim().toLowerCase();
  if (wanted === originHost) return true;
  // Browsers leave the default port out of Origin; proxies do not always leave it out of Host.
  const defaultPort = scheme === "https" ? ":443" : scheme === "http" ? ":80" : undefined;
  return defaultPort !== undefined && wanted === originHost + defaultPort;
}

/**
 * Whether the page that sent the request comes from this server: the host of Origin equals Host or X-Forwarded-Host.
 * No Origin means that no browser sent it across origins. A page cannot forge X-Forwarded-Host: WebSocket has no
 * headers of its own, and fetch would need a preflight.
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  const originHost = hostOfOrigin(origin);
  if (originHost === undefined) return false;
  const scheme = origin.slice(0, origin.indexOf("://")).toLowerCase();
  const forwarded = headers["x-forwarded-host"];
  const forwardedHost = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(",", 1)[0];
  return sameHost(originHost, scheme, headers.host) || sameHost(originHost, scheme, forwardedHost);
}

/** Whether the response headers that the `cors` option set let `origin` read the answer. */
export function isAllowedByCors(origin: string, allowOriginHeader: unknown): boolean {
  return allowOriginHeader === "*" || allowOriginHeader === origin;
}

/** What to change, for the developer who reads the refusal. */
export function originHint(headers: IncomingHttpHeaders): string {
  const origin = (headers.origin ?? "").slice(0, shownOriginLengthMax);
  const host = (headers.host ?? "").slice(0, shownOriginLengthMax);
  return (
    `Origin ${JSON.stringify(origin)} is not this server's own (Host is ${JSON.stringify(host)}). ` +
    `To let it in, add it to the server's options: cors: { origin: [${JSON.stringify(origin)}] }. ` +
    `A proxy that changes Host has to send X-Forwarded-Host.`
  );
}
