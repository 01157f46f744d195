import { ServerError } from "../errors.ts";
import { memoryLog } from "./memory-log.ts";
import type { Log, Retention } from "./log.ts";
import type { SessionBounds } from "./sessions.ts";

/** A time: a number of ms, or a text such as `"24h"` (`ms`, `s`, `m`, `h`, `d`). */
export type Duration = number | string;
/** A size: a number of bytes, or a text such as `"1gb"` (`b`, `kb`, `mb`, `gb`; 1 kb is 1024 bytes). */
export type Size = number | string;

/** Settings of durable delivery. */
export interface DeliveryOptions {
  /** Where it is kept. Default: in memory, so that it survives lost lines but not a restart. */
  log?: Log | undefined;
  /** How much is kept for clients that are away: what is beyond any of these is trimmed, and told as a reset. */
  retention?:
    | {
        /** Default `"24h"`. */
        age?: Duration | undefined;
        /** Messages. Default 100000. */
        count?: number | undefined;
        /** Default `"256mb"`. */
        bytes?: Size | undefined;
      }
    | undefined;
  session?:
    | {
        /** How long a session is kept after its line has gone. Default: as long as messages are. */
        age?: Duration | undefined;
        /** Sessions without a line; the oldest go first. Default 100000. */
        max?: number | undefined;
      }
    | undefined;
  /** How long listeners of a durable message may take until it counts as failed. Default `"30s"`. */
  handlerTimeout?: Duration | undefined;
  /** Durable messages that one client may have unanswered. Default 64. */
  inFlight?: number | undefined;
  /** Answers that are remembered of one session, for a retry. */
  results?:
    | {
        /** Default 256; at least `inFlight`. */
        count?: number | undefined;
        /** Default `"256kb"`. */
        bytes?: Size | undefined;
      }
    | undefined;
}

/** The settings, in plain units. */
export interface ResolvedDelivery {
  readonly log: Log;
  readonly retention: Retention;
  readonly sessions: SessionBounds;
  readonly handlerTimeoutMs: number;
}

/** Bounds that need no setting. */
const staysMax = 1_000;
const awayInMemoryMax = 10_000;

/** Checks the settings. @throws ServerError with the option's name and what was expected */
export function resolveDelivery(options: DeliveryOptions): ResolvedDelivery {
  if (typeof options !== "object" || options === null) {
    throw invalid("delivery", options, "an object such as { log: memoryLog() }");
  }
  const { log = memoryLog(), retention = {}, session = {}, results = {} } = options;
  if (typeof log?.commit !== "function" || typeof log.read !== "function") {
    throw invalid("delivery.log", log, "a log such as memoryLog()");
  }
  const ageMs = durationOf("delivery.retention.age", retention.age ?? "24h");
  const inFlightMax = countOf("delivery.inFlight", options.inFlight ?? 64);
  return {
    log,
    retention: {
      ageMs,
      count: countOf("delivery.retention.count", retention.count ?? 100_000),
      bytes: sizeOf("delivery.retention.bytes", retention.bytes ?? "256mb"),
    },
    sessions: {
      ageMs: durationOf("delivery.session.age", session.age ?? ageMs),
      awayMax: countOf("delivery.session.max", session.max ?? 100_000),
      awayInMemoryMax,
      staysMax,
      inFlightMax,
      resultsMax: Math.max(inFlightMax, countOf("delivery.results.count", results.count ?? 256)),
      resultsBytesMax: sizeOf("delivery.results.bytes", results.bytes ?? "256kb"),
    },
    handlerTimeoutMs: durationOf("delivery.handlerTimeout", options.handlerTimeout ?? "30s"),
  };
}

const durationUnits: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const sizeUnits: Record<string, number> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

function durationOf(name: string, value: Duration): number {
  return amountOf(name, value, durationUnits, 'ms, or a text such as "24h"');
}

export function sizeOf(name: string, value: Size): number {
  return amountOf(name, value, sizeUnits, 'bytes, or a text such as "1gb"');
}

export function countOf(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(name, value, "a whole number above 0");
}

function amountOf(
  name: string,
  value: number | string,
  units: Record<string, number>,
  wanted: string,
): number {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(String(value));
  const unit = parts === null ? undefined : units[parts[2]!.toLowerCase()];
  const amount = typeof value === "number" ? value : Number(parts?.[1]) * (unit ?? Number.NaN);
  if (Number.isFinite(amount) && amount > 0) return amount;
  throw invalid(name, value, `a number of ${wanted}`);
}

function invalid(name: string, value: unknown, wanted: string): ServerError {
  const given = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new ServerError("OPTION_INVALID", `option ${name} is ${given}; expected ${wanted}`);
}
