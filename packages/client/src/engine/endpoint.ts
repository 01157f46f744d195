// oxlint-disable-next-line no-restricted-imports -- the seam to React Native, inside this package
import { addresses } from "#address";
import type { PageLocation } from "../platform/address.ts";
import type { EngineOptions } from "./options.ts";

/** Where a connection goes. */
export interface Endpoint {
  /** An IPv6 address in its brackets. */
  hostname: string;
  /** Empty for the protocol's own. */
  port: string | number;
  secure: boolean;
  path: string;
  query: Record<string, string>;
}

/**
 * Puts an endpoint together: the address wins over the options, those over the page; without any of them it is
 * localhost.
 */
export function resolveEndpoint(
  uri: string | undefined,
  options: EngineOptions,
  page: PageLocation,
): Endpoint {
  const { host, hostname, path = "/engine.io", addTrailingSlash = true } = options;
  const url = addresses.parse(uri || host || hostname || "/", page);
  const others = uri ? {} : options;
  return {
    hostname: url.hostname || "localhost",
    port: url.port || others.port || "",
    // "ws:" is not.
    secure: others.secure ?? /[ps]s:/.test(url.protocol),
    path: path.replace(/\/$/, "") + (addTrailingSlash ? "/" : ""),
    // Text is not in the types of the option, but users give it.
    query: addresses.parseQuery(url.search || options.query),
  };
}

/** The address to ask. */
export function addressOf(
  scheme: string,
  { hostname, port, secure, path, query }: Endpoint,
): string {
  const origin = `${scheme}${secure ? "s" : ""}://${hostname}${port && ":" + port}`;
  return `${origin}${path}?${addresses.formatQuery(query)}`;
}
