import { DeliveryError } from "./errors.ts";
import { limits } from "./limits.ts";
import type { OutboxSettings } from "./outbox.ts";
import { memoryStore } from "./memory-store.ts";
import type { OutboxStore } from "./store.ts";
import { indexedDbStore } from "./indexeddb-store.ts";

/** Options of durable delivery. */
export interface DurableOptions {
  /**
   * Where the outbox is kept. `"memory"`: it survives lost lines. `"indexeddb"`: reloads and crashes of the page, too. Or a
   * store of another kind, such as `fileStore` in Node.js. Default: `"memory"`.
   */
  storage?: "memory" | "indexeddb" | OutboxStore | undefined;
  /** Under which name it is stored, with the namespace behind it. Default: the server's address. */
  name?: string | undefined;
  /** How long a message may wait for its delivery, in milliseconds. Default: for ever. */
  ttl?: number | undefined;
  /** About how many bytes may wait. Default: 8 MiB. */
  maxBytes?: number | undefined;
  /** How many messages may wait. Default: 10000. */
  maxCount?: number | undefined;
  /**
   * When it is full: `"reject"` the new message, or `"drop-oldest"` of those that have not been sent. Default: `"reject"`.
   */
  policy?: "reject" | "drop-oldest" | undefined;
  /**
   * When the server has forgotten the session: send again what it may have handled already, instead of giving it up
   * with `SESSION_LOST`. Default: false.
   */
  resend?: boolean | undefined;
}

/** The options, checked. */
export interface DurableSettings extends OutboxSettings {
  readonly store: OutboxStore;
  readonly name: string | undefined;
}

/** @throws DeliveryError `OPTION_INVALID` with the option's name and what was expected */
export function resolveDurable(options: DurableOptions): DurableSettings {
  const { storage = "memory", policy = "reject", name, ttl, resend = false } = options;
  if (policy !== "reject" && policy !== "drop-oldest") {
    throw invalid("policy", policy, '"reject" or "drop-oldest"');
  }
  if (name !== undefined && typeof name !== "string") throw invalid("name", name, "a text");
  return {
    store: storeOf(storage),
    name,
    policy,
    resend,
    ttlMs: ttl === undefined || ttl === Infinity ? undefined : amount("ttl", ttl),
    bytesMax: amount("maxBytes", options.maxBytes ?? limits.outboxBytesMax),
    countMax: amount("maxCount", options.maxCount ?? limits.outboxCountMax),
  };
}

function storeOf(storage: NonNullable<DurableOptions["storage"]>): OutboxStore {
  if (storage === "memory") return memoryStore;
  if (storage === "indexeddb") return indexedDbStore;
  if (typeof storage?.open === "function") return storage;
  throw invalid("storage", storage, '"memory", "indexeddb" or a store');
}

function amount(name: string, value: number): number {
  if (typeof value === "number" && value > 0) return value;
  throw invalid(name, value, "a number above 0");
}

function invalid(name: string, value: unknown, wanted: string): DeliveryError {
  const given = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new DeliveryError("OPTION_INVALID", "no", {
    text: `option durable.${name} is ${given}; expected ${wanted}`,
  });
}
