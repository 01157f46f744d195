import { isSecure, parseQuery, parseUrl } from "../url.ts";
import type { EngineOptions } from "./options.ts";

/** Where a connection goes. */
export interface Endpoint {
  hostname: string;
  /** Empty for the protocol's own. */
  port: string | number;
  secure: boolean;
  path: string;
  query: Record<string, unknown>;
}

type Page = Pick<Location, "protocol" | "hostname" | "port"> | undefined;

/**
 * Puts an endpoint together: the address wins over the options, those over the page; without any of them it is
 * localhost.
 */
export function resolveEndpoint(
  uri: string | undefined,
  options: EngineOptions,
  page: Page,
): Endpoint {
  const url = parseUrl(uri || options.host || "");
  const named = url.host || options.hostname;
  const { path = "/engine.io", addTrailingSlash = true } = options;
  return {
    hostname: named || page?.hostname.replace(/^\[|\]$/g, "") || "localhost",
    port: url.port || (!uri && options.port) || (named ? "" : (page?.port ?? "")),
    secure: isSecure(url.protocol) || (!uri && (options.secure ?? isSecure(page?.protocol ?? ""))),
    path: path.replace(/\/$/, "") + (addTrailingSlash ? "/" : ""),
    query: url.query ? parseQuery(url.query) : toQuery(options.query),
  };
}

// Text is not in the types, but users give it.
function toQuery(query: EngineOptions["query"] | string): Record<string, unknown> {
  return typeof query === "string" ? parseQuery(query) : { ...query };
}
