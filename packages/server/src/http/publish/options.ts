import { ServerError } from "../../errors.ts";
import { KeyRing } from "./api-key.ts";
import { defaultPublishLimits } from "./limits.ts";
import type { KeysOption } from "./key-source.ts";
import type { PublishLimits } from "./limits.ts";
import type { PublishRate } from "./rate.ts";

/** Settings of publishing over HTTP, for other backends. */
export interface PublishOptions {
  /** What stands before all its paths: `/hawser/publish`, `/hawser/rooms` … Default `/hawser`. */
  path?: string | undefined;
  /**
   * Who may do what: a list, or a function that gives the newest list and is asked again each second. Without it only
   * programs on this machine are served, and the HTTP server must not listen on a public address.
   */
  keys?: KeysOption | undefined;
  /** How many requests each key may send. Default: as many as it likes. */
  rate?: PublishRate | undefined;
  /** Bounds. */
  limits?: Partial<PublishLimits> | undefined;
}

/** The settings, checked and complete. */
export interface ResolvedPublish {
  readonly path: string;
  readonly keys: KeysOption | undefined;
  readonly rate: PublishRate | undefined;
  readonly limits: PublishLimits;
}

const pathPattern = /^(?:\/[A-Za-z0-9._~-]+)+$/;
const optionNames: ReadonlySet<string> = new Set(["path", "keys", "rate", "limits"]);

/** Checks the settings. @throws ServerError `OPTION_INVALID` with the option's name and what was expected */
export function resolvePublish(options: PublishOptions): ResolvedPublish {
  if (typeof options !== "object" || options === null) {
    throw invalid("publish", options, "an object such as { keys: [entry] }");
  }
  // A misspelt "keys" would leave the door open.
  for (const name of Object.keys(options)) {
    if (!optionNames.has(name))
      throw invalid(`publish.${name}`, "there", "path, keys, rate, limits");
  }
  const { path: given = "/hawser", keys, rate } = options;
  const path = typeof given === "string" ? given.replace(/\/$/, "") : "";
  if (!pathPattern.test(path))
    throw invalid("publish.path", options.path, 'a path such as "/hawser"');
  checkKeys(keys);
  if (rate !== undefined) checkRate(rate);
  return { path, keys, rate, limits: limitsOf(options.limits ?? {}) };
}

function checkKeys(keys: unknown): void {
  if (keys === undefined || typeof keys === "function") return;
  if (Array.isArray(keys) && keys.length === 0) {
    throw invalid(
      "publish.keys",
      "an empty list",
      "keys; leave it out to serve this machine alone",
    );
  }
  void new KeyRing(keys as []);
}

function checkRate({ perSecond, burst = perSecond }: PublishRate): void {
  for (const [name, value] of Object.entries({ perSecond, burst })) {
    if (!Number.isFinite(value) || value <= 0) {
      throw invalid(`publish.rate.${name}`, value, "a number above 0");
    }
  }
}

function limitsOf(limits: Partial<PublishLimits>): PublishLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in defaultPublishLimits)) {
      const known = Object.keys(defaultPublishLimits).join(", ");
      throw invalid(`publish.limits.${name}`, value, `one of ${known}`);
    }
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw invalid(`publish.limits.${name}`, value, "a whole number above 0");
    }
  }
  return { ...defaultPublishLimits, ...limits };
}

function invalid(name: string, value: unknown, wanted: string): ServerError {
  return new ServerError(
    "OPTION_INVALID",
    `option ${name} is ${String(value)}; expected ${wanted}`,
  );
}
