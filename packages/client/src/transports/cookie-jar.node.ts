import type { CookieJar } from "./transport.ts";

interface Cookie {
  value: string;
  /** Milliseconds since 1970; Infinity for a cookie of the session. */
  expiresMs: number;
}

/** The cookies of one server (RFC 6265), enough for sessions and sticky load balancers. */
export class NodeCookieJar implements CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** Takes the values of `Set-Cookie`. What cannot be read is passed over. */
  store(setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const [pair = "", ...attributes] = text.split(";");
      const equals = pair.indexOf("=");
      if (equals < 1) continue;
      const name = pair.slice(0, equals).trim();
      this.#cookies.set(name, {
        value: pair.slice(equals + 1).trim(),
        expiresMs: expiry(attributes),
      });
    }
  }

  /** The value of `Cookie`; expired ones are forgotten. */
  header(): string {
    const now = Date.now();
    const pairs: string[] = [];
    for (const [name, { value, expiresMs }] of this.#cookies) {
      if (expiresMs <= now) this.#cookies.delete(name);
      else pairs.push(`${name}=${value}`);
    }
    return pairs.join("; ");
  }
}

// Max-Age wins over Expires (RFC 6265 section 5.3).
function expiry(attributes: readonly string[]): number {
  let expiresMs = Infinity;
  for (const attribute of attributes) {
    const [name = "", ...rest] = attribute.split("=");
    const value = rest.join("=").trim();
    const key = name.trim().toLowerCase();
    if (key === "max-age" && /^-?\d+$/.test(value)) return Date.now() + Number(value) * 1000;
    if (key === "expires") {
      const time = Date.parse(value);
      if (!Number.isNaN(time)) expiresMs = time;
    }
  }
  return expiresMs;
}
