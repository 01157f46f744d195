/** The parts of an address that the client uses. */
export interface ParsedUrl {
  /** Without its colon, such as `https`; empty when the address names none. */
  protocol: string;
  /** Name or address, IPv6 without its brackets. */
  host: string;
  /** Empty when the address names none. */
  port: string;
  path: string;
  /** Without the question mark. */
  query: string;
}

/** An address as `io()` resolves it. */
export interface ResolvedUrl extends ParsedUrl {
  /** The complete address, for the manager. */
  source: string;
  /** Equal for addresses that may share a connection. */
  id: string;
}

/** Where the page stands; `undefined` outside of a browser. */
export type PageLocation = Pick<Location, "protocol" | "host"> | undefined;

// Not `URL`: React Native's lacks most of its fields.
const pattern =
  /^(?:([a-z][\w+.-]*):\/\/)?(?:[^@/?#]*@)?(?:\[([^\]]*)\]|([^:/?#]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/i;

/** Splits an address; never throws, parts that are missing are empty. */
export function parseUrl(text: string): ParsedUrl {
  const [, scheme = "", ipv6, name = "", port = "", path = "", query = ""] = pattern.exec(text)!;
  return { protocol: scheme.toLowerCase(), host: ipv6 ?? name, port, path, query };
}

/** Whether a protocol runs over TLS. */
export function isSecure(protocol: string): boolean {
  return /^(https|wss):?$/.test(protocol);
}

/** Query text to an object; of repeated names the last one stays. */
export function parseQuery(text: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const pair of text.split("&")) {
    const [name, ...value] = pair.split("=");
    if (name) query[decodeURIComponent(name)] = decodeURIComponent(value.join("="));
  }
  return query;
}

/** An object to query text. */
export function formatQuery(query: Record<string, unknown>): string {
  return Object.entries(query)
    .map(([name, value]) => encodeURIComponent(name) + "=" + encodeURIComponent(String(value)))
    .join("&");
}

/** A host as it stands in an address. */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * What `io(uri)` means, seen from a page: `/admin` is a namespace of the page's own server, `//host` takes the page's
 * protocol, a bare `host:port` as well. Without a page, `http://localhost` stands for it.
 */
export function resolveUrl(uri: string, path: string, page: PageLocation): ResolvedUrl {
  const scheme = page?.protocol ?? "http:";
  let source = uri;
  if (/^\/(?!\/)/.test(source)) source = (page?.host ?? "localhost") + source;
  if (!/^[a-z][\w+.-]*:\/\//i.test(source)) source = `${scheme}//${source.replace(/^\/\//, "")}`;

  const parsed = parseUrl(source);
  const port = parsed.port || (isSecure(parsed.protocol) ? "443" : "80");
  const id = `${parsed.protocol}://${bracketed(parsed.host)}:${port}${path}`;
  return { ...parsed, port, path: parsed.path || "/", source, id };
}
