/* oxlint-disable typescript/no-explicit-any -- adapters are written against many versions */
import { checkDialects } from "./dialects/options.ts";
import { ServerError } from "./errors.ts";
import { resolvePublish } from "./http/publish/options.ts";
import { recoveryOptionsOf } from "./recovery/recovery-options.ts";
import type { EventEmitter } from "node:events";
import type { AttachOptions, EngineOptions } from "@hawser/engine";
import type { Adapter } from "./adapter/memory.ts";
import type { DialectOptions } from "./dialects/options.ts";
import type { DeliveryOptions } from "./delivery/options.ts";
import type { PublishOptions } from "./http/publish/options.ts";
import type { PressureOptions } from "./pressure/options.ts";
import type { RecoveryOptions } from "./recovery/recovery-options.ts";

/** What an adapter has for others; those that extend the class of socket.io-adapter have it, too. */
type AnyAdapter = Omit<Adapter, "_send" | keyof EventEmitter>;

/** A class of adapters, or a function that makes one for a namespace. */
export type AdapterConstructor = (new (nsp: any) => AnyAdapter) | ((nsp: any) => AnyAdapter);

/** Settings of a server: those of the engine below, and its own. */
export interface ServerOptions extends EngineOptions, AttachOptions, DialectOptions {
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
  /** A packet format in place of Socket.IO's own: an object with `Encoder` and `Decoder`. Clients need the same. */
  parser?: any;
  /** Whether clients that come back go on where they were: rooms, data, and what they missed. Default off. */
  connectionStateRecovery?: RecoveryOptions | undefined;
  /**
   * Messages that survive lost lines: `durable.emit` is logged and replayed, and what clients emit durably is handled
   * once. With {@link connectionStateRecovery}, unmodified clients are recovered from the same log. Default off.
   */
  delivery?: DeliveryOptions | undefined;
  /** What may wait for clients that do not read, and what happens beyond. Default: the engine's `maxBufferedBytes`. */
  pressure?: PressureOptions | undefined;
  /** Publishing over HTTP, for other backends: `POST /hawser/publish` and the like. Default off. */
  publish?: PublishOptions | undefined;
}

/** The options that are this package's own; the engine checks the others. */
export const ownOptions = [
  "serveClient",
  "adapter",
  "connectTimeout",
  "cleanupEmptyChildNamespaces",
  "parser",
  "connectionStateRecovery",
  "delivery",
  "pressure",
  "plain",
  "sse",
  "subscribe",
  "publish",
] as const;

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
  const { parser } = options;
  if (parser !== undefined && !(isClass(parser?.Encoder) && isClass(parser?.Decoder))) {
    throw invalid("parser", parser, "an object with the classes Encoder and Decoder");
  }
  checkRecovery(options.connectionStateRecovery);
  checkDialects(options);
  if (options.publish !== undefined) resolvePublish(options.publish);
}

function isClass(value: unknown): boolean {
  return typeof value === "function";
}

function checkRecovery(recovery: unknown): void {
  // Anything that is falsy means off, as in Socket.IO.
  if (!recovery) return;
  const { maxDisconnectionDuration: ms } = recovery as RecoveryOptions;
  if (typeof recovery !== "object") {
    throw invalid("connectionStateRecovery", recovery, "an object such as {}");
  }
  if (ms !== undefined && !(Number.isFinite(ms) && ms > 0)) {
    throw invalid(
      "connectionStateRecovery.maxDisconnectionDuration",
      ms,
      "a number of ms above 0, such as 120000",
    );
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
  for (const name of ownOptions) delete rest[name];
  return rest;
}

/** The options as adapters read them: with the settings of recovery filled in. */
export function withRecoveryDefaults(options: ServerOptions): ServerOptions {
  if (!options.connectionStateRecovery) return options;
  return { ...options, connectionStateRecovery: recoveryOptionsOf(options) };
}
