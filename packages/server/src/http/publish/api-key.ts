import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { ServerError } from "../../errors.ts";

/** What the server knows of an API key: not the key itself. Plain data, to be kept in a file or a database. */
export interface ApiKey {
  /** Names the key in logs and in its text: 1 to 64 letters, digits and hyphens. */
  readonly id: string;
  /** What {@link hashApiKey} gives. */
  readonly hash: string;
  /** What it may do: `publish`, `publish:room:chat-*`, `disconnect:user`, `join`, `read`, `*`. */
  readonly scopes: readonly string[];
  /** When it ends: ms since the epoch, or a date. Default never. */
  readonly expires?: number | string | Date | undefined;
  /** The namespaces that it is for, `*` stands for any text. Default all. */
  readonly namespaces?: readonly string[] | undefined;
}

/** What a new key shall be. */
export type ApiKeyOptions = Partial<Omit<ApiKey, "hash">>;

const prefix = "hk_";
const secretBytes = 32;
const idPattern = /^[A-Za-z0-9-]{1,64}$/;
const hashPattern = /^sha256:[0-9a-f]{64}$/;
const scopePattern =
  /^(?:\*|(?:publish|disconnect|join|read)(?::(?:\*|all|(?:room|user|socket)(?::.+)?))?)$/s;

/** What a text that is no key is compared with, so that it takes as long. */
const nobody = digestOf("");

/**
 * Makes an API key.
 * @returns the key, which is given to the backend and kept nowhere else, and what the server is to know of it
 * @throws ServerError `OPTION_INVALID`
 * @example
 * const { key, entry } = makeApiKey({ id: "billing", scopes: ["publish:user"] });
 */
export function makeApiKey(options: ApiKeyOptions = {}): { key: string; entry: ApiKey } {
  const {
    id = randomBytes(6).toString("hex"),
    scopes = ["publish"],
    expires,
    namespaces,
  } = options;
  const key = `${prefix}${id}_${randomBytes(secretBytes).toString("base64url")}`;
  const entry: ApiKey = {
    id,
    hash: hashApiKey(key),
    scopes,
    ...(expires === undefined ? {} : { expires }),
    ...(namespaces === undefined ? {} : { namespaces }),
  };
  checkApiKey(entry);
  return { key, entry };
}

/**
 * The hash of a key, for {@link ApiKey.hash}. A plain SHA-256: a key is 256 random bits, which no list of guesses holds,
 * so a slow hash would only make requests slow.
 */
export function hashApiKey(key: string): string {
  return `sha256:${digestOf(key).toString("hex")}`;
}

/** Checks what is known of a key. @throws ServerError `OPTION_INVALID`, which says what was expected */
export function checkApiKey(key: ApiKey): void {
  if (typeof key !== "object" || key === null) throw invalid("an API key", key, "an object");
  const { id, hash, scopes, expires, namespaces } = key;
  if (typeof id !== "string" || !idPattern.test(id)) {
    throw invalid("the id of an API key", id, "1 to 64 letters, digits and hyphens");
  }
  const name = `of API key ${id}`;
  if (typeof hash !== "string" || !hashPattern.test(hash)) {
    // What stands there may be the key itself.
    throw invalid(`hash ${name}`, undefined, 'what hashApiKey() gives, "sha256:…"');
  }
  if (!Array.isArray(scopes)) throw invalid(`scopes ${name}`, scopes, 'a list such as ["publish"]');
  for (const scope of scopes as readonly unknown[]) {
    if (typeof scope === "string" && scopePattern.test(scope)) continue;
    throw invalid(`a scope ${name}`, scope, '"*", "publish", "publish:room:chat-*", "read:all" …');
  }
  if (expires !== undefined && Number.isNaN(endOf(key))) {
    throw invalid(`expires ${name}`, expires, "ms since the epoch, or a date");
  }
  const isList = Array.isArray(namespaces) && namespaces.every((it) => typeof it === "string");
  if (namespaces !== undefined && !isList) {
    throw invalid(`namespaces ${name}`, namespaces, 'a list such as ["/", "/shop-*"]');
  }
}

/** When a key ends, in ms since the epoch. */
function endOf({ expires }: ApiKey): number {
  if (expires === undefined) return Number.POSITIVE_INFINITY;
  return typeof expires === "number" ? expires : new Date(expires).getTime();
}

/** Keys by their ids. */
export class KeyRing {
  private readonly keys: ReadonlyMap<string, { readonly key: ApiKey; readonly digest: Buffer }>;

  /** @throws ServerError `OPTION_INVALID` */
  constructor(keys: readonly ApiKey[]) {
    if (!Array.isArray(keys)) throw invalid("publish.keys", keys, "a list of API keys");
    const byId = new Map<string, { key: ApiKey; digest: Buffer }>();
    for (const key of keys as readonly ApiKey[]) {
      checkApiKey(key);
      if (byId.has(key.id)) throw invalid("publish.keys", key.id, "each id once");
      byId.set(key.id, { key, digest: Buffer.from(key.hash.slice("sha256:".length), "hex") });
    }
    this.keys = byId;
  }

  /** The key that a request has sent in full, unless it has expired. Takes as long for an id that is not there. */
  find(authorization: string | undefined, nowMs: number): ApiKey | undefined {
    const text = /^Bearer +(\S{1,512})$/i.exec(authorization ?? "")?.[1] ?? "";
    const found = this.keys.get(idOf(text) ?? "");
    const isSame = timingSafeEqual(digestOf(text), found?.digest ?? nobody);
    if (found === undefined || !isSame || endOf(found.key) <= nowMs) return undefined;
    return found.key;
  }
}

function idOf(text: string): string | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const end = text.indexOf("_", prefix.length);
  return end === -1 ? undefined : text.slice(prefix.length, end);
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function invalid(name: string, value: unknown, wanted: string): ServerError {
  const given = value === undefined ? "" : ` is ${JSON.stringify(value)}`;
  return new ServerError("OPTION_INVALID", `${name}${given}; expected ${wanted}`);
}
