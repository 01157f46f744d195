// Observations, written down so that they can be compared and sent to another process.

const idPattern = /^[\w-]{20}$/;

/**
 * Ids (strings of 20 characters) become `<id 1>`, `<id 2>` … in the order in which they come; a port of the
 * stage becomes `<port>`. Binary, errors, sets, maps and undefined are marked as what they are; keys are sorted.
 */
export function normal(value: unknown): unknown {
  return new Writer().write(value);
}

class Writer {
  readonly #ids = new Map<string, string>();
  readonly #open = new Set<object>();

  write(value: unknown): unknown {
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number") return Number.isFinite(value) ? value : `<${value}>`;
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "object") return this.#object(value);
    if (typeof value === "function") return "<function>";
    return typeof value === "undefined"
      ? "<undefined>"
      : `<${(value as symbol | bigint).toString()}>`;
  }

  #text(text: string): string {
    if (!idPattern.test(text)) return text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>");
    const known = this.#ids.get(text) ?? `<id ${this.#ids.size + 1}>`;
    this.#ids.set(text, known);
    return known;
  }

  #object(value: object): unknown {
    if (this.#open.has(value)) return "<circle>";
    this.#open.add(value);
    const written = this.#shaped(value);
    this.#open.delete(value);
    return written;
  }

  #shaped(value: object): unknown {
    if (Array.isArray(value)) return value.map((each) => this.write(each));
    if (Buffer.isBuffer(value)) return `<Buffer ${shortened(value)}>`;
    if (ArrayBuffer.isView(value)) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      return `<${value.constructor.name} ${shortened(bytes)}>`;
    }
    if (value instanceof ArrayBuffer) return `<ArrayBuffer ${shortened(Buffer.from(value))}>`;
    if (value instanceof Set) return { "<set>": [...value].map((each) => this.write(each)) };
    if (value instanceof Map) return { "<map>": [...value].map((each) => this.write(each)) };
    if (value instanceof Date) return `<Date ${value.toISOString()}>`;
    if (value instanceof Error) return this.#error(value);
    return this.#own(value);
  }

  /** Hawser's own errors have a code more than npm's. */
  #error(error: Error): unknown {
    const own = this.#own(error);
    if (isHawserError(error)) {
      delete own["code"];
      delete own["fault"];
      delete own["name"];
    }
    return { "<error>": this.write(error.message), ...own };
  }

  #own(value: object): Record<string, unknown> {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    // A list of entries, so that a key like __proto__ stays one.
    return Object.fromEntries(entries.map(([key, each]) => [key, this.write(each)]));
  }
}

/** The code of the client's errors is the end of their text. */
function isHawserError(error: Error & { code?: unknown }): boolean {
  if (Symbol.for("hawser.error") in error) return true;
  const text = error.message.toUpperCase().replaceAll(" ", "_");
  return typeof error.code === "string" && text.endsWith(error.code);
}

function shortened(bytes: Buffer): string {
  if (bytes.length <= 64) return bytes.toString("hex");
  let sum = 0;
  for (const byte of bytes) sum = (sum * 31 + byte) >>> 0;
  return `of ${bytes.length} bytes, sum ${sum}`;
}

/** Where two written observations first differ, for people; undefined when they do not. */
export function firstDifference(a: unknown, b: unknown, path = ""): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference(a[key], b[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return `at ${path || "the top"}: ${inOneLine(a)} became ${inOneLine(b)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function inOneLine(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
