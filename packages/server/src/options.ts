/* oxlint-disable typescript/no-explicit-any -- adapters are written against many versions */
import { ServerError } from "./errors.ts";
import type { AttachOptions, EngineOptions } from "@hawser/engine";
import type { Adapter } from "./adapter/memory.ts";

/** A class of adapters, or a function that makes one for a namespace. */
export type AdapterConstructor = (new (nsp: any) => Adapter) | ((nsp: any) => Adapter);

/** Settings of a server: those of the engine below, and its own. */
export interface ServerOptions extends EngineOptions, AttachOptions {
  /** The path of all requests. Default `/socket.io`. */
  path?: string | undefined;
  /** Whether the browser client is served below the path. Default true. */
  serveClient?: boolean | undefined;
  /** What keeps the rooms and reaches other nodes. Default: in memory. */
  adapter?: AdapterConstructor | undefined;
  /** How long a client may take until it asks for its first namespace, in ms. Default 45000. */
  connectTimeout?: number | undefined;
  /** Whether namespaces made by a RegExp or a function go with their last socket. Default false. */
  cleanupEmptyChildNamespaces?: boolean | undefined;
}

/** The options that are this package's own; the engine checks the others. */
export const ownOptions = [
  "serveClient",
  "adapter",
  "connectTimeout",
  "cleanupEmptyChildNamespaces",
] as const;

/** Options of Socket.IO that Hawser has not got yet: said once, loudly, since silence would be taken for a yes. */
const missing: Readonly<Record<string, string>> = {
  connectionStateRecovery: "sessions are not recovered yet; clients will see recovered = false",
  parser: "custom parsers are not supported yet; clients with the default parser can connect",
};

/** Checks what is this package's own. @throws ServerError with the option's name and what was expected */
export function checkOptions(options: ServerOptions): void {
  expect(options, "path", "string", 'a string such as "/socket.io"');
  expect(options, "serveClient", "boolean", "true or false");
  expect(options, "adapter", "function", "an adapter class or a function that makes one");
  expect(options, "cleanupEmptyChildNamespaces", "boolean", "true or false");
  const { connectTimeout } = options;
  if (connectTimeout !== undefined && !(Number.isFinite(connectTimeout) && connectTimeout > 0)) {
    throw invalid("connectTimeout", connectTimeout, "a number of ms above 0, such as 45000");
  }
  for (const [name, consequence] of Object.entries(missing)) {
    if (Object.hasOwn(options, name))
      process.emitWarning(`option ${name}: ${consequence}`, "Hawser");
  }
}

function expect(
  options: ServerOptions,
  name: keyof ServerOptions,
  type: string,
  wanted: string,
): void {
  const value = options[name];
  if (value !== undefined && typeof value !== type) throw invalid(name, value, wanted);
}

function invalid(name: string, value: unknown, wanted: string): ServerError {
  const given = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new ServerError("OPTION_INVALID", `option ${name} is ${given}; expected ${wanted}`);
}

/** The options for the engine: all but our own. */
export function engineOptionsOf(options: ServerOptions): EngineOptions {
  const rest: Record<string, unknown> = { path: "/socket.io", ...options };
  for (const name of [...ownOptions, ...Object.keys(missing)]) delete rest[name];
  return rest;
}
