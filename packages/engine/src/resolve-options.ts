import { perMessageDeflate } from "@hawser/websocket/internal";
import type { PerMessageDeflateOptions } from "@hawser/websocket/internal";
import { EngineError } from "./errors.ts";
import { defaultLimits } from "./limits.ts";
import type { EngineOptions, HttpCompressionOptions, ResolvedOptions } from "./options.ts";
import type { TransportName } from "./transport.ts";
import { warnOnce } from "./warn.ts";

/** What an option takes: whether a value will do, and what to write when it does not. */
interface OptionRule {
  accepts(value: unknown): boolean;
  readonly write: string;
}

const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isFunction = (value: unknown): boolean => typeof value === "function";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const isPositive = (value: unknown): boolean =>
  typeof value === "number" && value > 0 && value < Infinity;

function flag(name: string): OptionRule {
  return { accepts: isFlag, write: `${name}: true or ${name}: false` };
}

function milliseconds(example: string): OptionRule {
  return { accepts: isPositive, write: `${example}, a number of milliseconds above 0` };
}

const served: readonly TransportName[] = ["polling", "websocket"];

function isTransportList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((name) => name === "webtransport" || served.includes(name as TransportName));
}

const rules: { readonly [Name in keyof Required<EngineOptions>]: OptionRule } = {
  path: {
    accepts: (value) => typeof value === "string" && (value === "" || value.startsWith("/")),
    write: 'path: "/engine.io", beginning with a slash',
  },
  destroyUpgrade: flag("destroyUpgrade"),
  destroyUpgradeTimeout: {
    accepts: (value) => value === 0 || isPositive(value),
    write: "destroyUpgradeTimeout: 1000, a number of milliseconds from 0 up",
  },
  addTrailingSlash: flag("addTrailingSlash"),
  pingTimeout: milliseconds("pingTimeout: 20000"),
  pingInterval: milliseconds("pingInterval: 25000"),
  upgradeTimeout: milliseconds("upgradeTimeout: 10000"),
  maxHttpBufferSize: {
    accepts: isPositive,
    write: "maxHttpBufferSize: 1e6, a number of bytes above 0",
  },
  maxBufferedBytes: {
    accepts: (value) => value === Infinity || isPositive(value),
    write: "maxBufferedBytes: 16777216, a number of bytes above 0, or Infinity",
  },
  allowRequest: {
    accepts: isFunction,
    write: "allowRequest: (request, decide) => decide(null, true)",
  },
  transports: {
    accepts: isTransportList,
    write: 'transports: ["polling", "websocket"], or one of the two',
  },
  allowUpgrades: flag("allowUpgrades"),
  perMessageDeflate: {
    accepts: (value) => isFlag(value) || isObject(value),
    write: "perMessageDeflate: { threshold: 1024 }, or true or false",
  },
  httpCompression: {
    accepts: (value) => isFlag(value) || isObject(value),
    write: "httpCompression: { threshold: 1024 }, or true or false",
  },
  wsEngine: {
    accepts: isFunction,
    write: "wsEngine: WebSocketServer, a class with handleUpgrade such as that of npm ws",
  },
  initialPacket: {
    accepts: (value) => typeof value === "string" || value instanceof Uint8Array,
    write: 'initialPacket: "hello", a string or bytes',
  },
  cookie: {
    accepts: (value) =>
      isFlag(value) || isObject(value) || (typeof value === "string" && value !== ""),
    write: 'cookie: { name: "io" }, or true or false',
  },
  cors: {
    accepts: (value) => isFlag(value) || isObject(value) || isFunction(value),
    write: 'cors: { origin: ["https://app.example"] }',
  },
  allowEIO3: flag("allowEIO3"),
};

/** Names of all options of an engine, for the layer above to tell them from its own. */
export const engineOptionNames: readonly (keyof EngineOptions)[] = Object.keys(
  rules,
) as (keyof EngineOptions)[];

/**
 * Checks one set of options. An option that is `undefined` or `null` counts as left out; one that is unknown warns
 * once.
 *
 * @throws EngineError `OPTION_INVALID`, saying what to write instead.
 */
export function checkOptions(options: EngineOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    if (!Object.hasOwn(rules, name)) {
      warnOnce(
        "HAWSER_OPTION_UNKNOWN",
        `Option ${name} is not known to the engine and is ignored.`,
        name,
      );
      continue;
    }
    const rule = rules[name as keyof EngineOptions];
    if (!rule.accepts(value)) {
      const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
      throw new EngineError("OPTION_INVALID", `${name} is ${shown}. Write ${rule.write}`);
    }
  }
  warnOfIdleOptions(options);
}

/** An option that does nothing says so. */
function warnOfIdleOptions({ transports }: EngineOptions): void {
  if (transports?.includes("webtransport") === true) {
    idle("transports: webtransport", "that transport is not served");
  }
}

function idle(option: string, why: string): void {
  warnOnce("HAWSER_OPTION_IDLE", `Option ${option} has no effect: ${why}.`, option);
}

function resolveCompression(
  option: boolean | HttpCompressionOptions | undefined | null,
): HttpCompressionOptions | undefined {
  if (option === false) return undefined;
  return typeof option === "object" && option !== null ? option : {};
}

/** Checks the options of permessage-deflate now, and not when the first client comes. */
function resolveDeflate(
  option: EngineOptions["perMessageDeflate"] | null,
): PerMessageDeflateOptions | undefined {
  if (option === false || option === undefined || option === null) return undefined;
  const threshold = defaultLimits.compressionThresholdBytes;
  const options = { threshold, ...(option === true ? {} : option) };
  try {
    perMessageDeflate(options);
  } catch (cause) {
    throw new EngineError("OPTION_INVALID", (cause as Error).message, { cause });
  }
  return options;
}

function resolveCors(option: EngineOptions["cors"] | null): ResolvedOptions["cors"] {
  if (option === true) return {};
  return option === false ? undefined : (option ?? undefined);
}

/**
 * Checks options and fills in the defaults.
 *
 * @throws EngineError `OPTION_INVALID`
 */
export function resolveOptions(options: EngineOptions): ResolvedOptions {
  checkOptions(options);
  const transports = options.transports ?? served;
  return {
    path: options.path || "/engine.io",
    destroyUpgrade: options.destroyUpgrade ?? true,
    destroyUpgradeTimeout: options.destroyUpgradeTimeout ?? 1_000,
    addTrailingSlash: options.addTrailingSlash ?? true,
    pingTimeout: options.pingTimeout ?? 20_000,
    pingInterval: options.pingInterval ?? 25_000,
    upgradeTimeout: options.upgradeTimeout ?? 10_000,
    maxHttpBufferSize: options.maxHttpBufferSize ?? defaultLimits.messageBytesMax,
    maxBufferedBytes: options.maxBufferedBytes ?? defaultLimits.bufferedBytesMax,
    allowRequest: options.allowRequest ?? undefined,
    transports: served.filter((name) => transports.includes(name)),
    allowUpgrades: options.allowUpgrades ?? true,
    allowEIO3: options.allowEIO3 ?? false,
    wsEngine: options.wsEngine ?? undefined,
    perMessageDeflate: resolveDeflate(options.perMessageDeflate),
    httpCompression: resolveCompression(options.httpCompression),
    initialPacket: options.initialPacket ?? undefined,
    cookie: options.cookie === false ? undefined : (options.cookie ?? undefined),
    cors: resolveCors(options.cors),
  };
}
