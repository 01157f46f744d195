import type { Agent } from "node:http";
import type { ConnectionOptions } from "node:tls";
import type { TransportOptions } from "./transport.ts";

const tlsNames = [
  "pfx",
  "key",
  "passphrase",
  "cert",
  "ca",
  "ciphers",
  "rejectUnauthorized",
] as const;

/** The options that concern Node's own requests and sockets. */
export function nodeOptions(options: TransportOptions): ConnectionOptions & { agent?: Agent } {
  const result: Record<string, unknown> = {};
  for (const name of tlsNames) {
    // Left out rather than undefined: undefined for `rejectUnauthorized` must never read as false.
    if (options[name] !== undefined && options[name] !== null) result[name] = options[name];
  }
  if (typeof options.agent === "object") result["agent"] = options.agent;
  return result;
}
