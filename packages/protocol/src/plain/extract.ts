import type { Base64 } from "../base64.ts";
import type { BinaryValue } from "../binary.ts";
import { isBinary, isBlob, isPlain, toAttachment } from "../binary.ts";
import { ProtocolError } from "../errors.ts";
import type { Mark } from "./marks.ts";
import { isMarkLike, objectWith } from "./marks.ts";

// Ancestors are remembered only from this depth on: a cycle always gets there, real data hardly ever.
const cycleCheckDepth = 200;

type Family = Set<object> | undefined;

/**
 * Takes the binary values out of arguments that are to become JSON, depth first, and puts marks in their stead.
 * Nothing given is changed: what holds a binary value is copied, the rest is shared. Sees what `JSON.stringify`
 * would see (`toJSON`, own enumerable properties).
 */
export class Extractor {
  /** The binary values in the order of their marks; empty with base64, where the marks hold them. */
  readonly found: Uint8Array[] = [];
  private readonly base64: Base64 | undefined;
  private readonly mark: Mark;

  constructor(base64: Base64 | undefined) {
    this.base64 = base64;
    this.mark = base64 === undefined ? "$binary" : "$base64";
  }

  /**
   * @throws {ProtocolError} `BLOB_REFUSED`
   * @throws {TypeError} for a circular structure, as `JSON.stringify` does
   */
  extract(data: readonly unknown[]): readonly unknown[] {
    const marked = this.visit(data, "", 0, undefined) as readonly unknown[];
    // Without a frame nothing is a mark, and nothing needs to be told from one.
    return this.base64 === undefined && this.found.length === 0 ? data : marked;
  }

  private visit(value: object, key: string | number, depth: number, ancestors: Family): unknown {
    // Before toJSON, which a Buffer has too.
    if (!isPlain(value) && isBinary(value)) return this.markFor(value);
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJSON !== "function") return this.visitInside(value, depth, ancestors);
    if (value instanceof Date) return value;
    // What it returns is not asked for its own toJSON again.
    const shown: unknown = toJSON.call(value, String(key));
    if (typeof shown !== "object" || shown === null) return value;
    if (isBinary(shown)) return this.markFor(shown);
    const result = this.visitInside(shown, depth, ancestors);
    return result === shown ? value : result;
  }

  private markFor(value: BinaryValue): object {
    const bytes = toAttachment(value);
    if (!ArrayBuffer.isView(bytes) && isBlob(bytes)) throw new ProtocolError("BLOB_REFUSED");
    return this.base64 === undefined
      ? { $binary: this.found.push(bytes) - 1 }
      : { $base64: this.base64.encode(bytes) };
  }

  private visitInside(value: object, depth: number, ancestors: Family): object {
    const family = depth < cycleCheckDepth ? undefined : (ancestors ?? new Set());
    if (family?.has(value)) throw new TypeError("Converting circular structure to JSON");
    family?.add(value);
    const result = Array.isArray(value)
      ? this.visitArray(value, depth + 1, family)
      : this.visitObject(value as Record<string, unknown>, depth + 1, family);
    family?.delete(value);
    return result;
  }

  private visitArray(list: unknown[], depth: number, family: Family): unknown[] {
    let copy: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const item = list[i];
      if (typeof item !== "object" || item === null) continue;
      const result = this.visit(item, i, depth, family);
      if (result === item) continue;
      copy ??= Array.from(list);
      copy[i] = result;
    }
    return copy ?? list;
  }

  private visitObject(object: Record<string, unknown>, depth: number, family: Family): object {
    let copy: Record<string, unknown> | undefined;
    let lookalike: string | undefined;
    for (const key in object) {
      const item = object[key];
      if (isMarkLike(key, this.mark)) lookalike = key;
      if (typeof item !== "object" || item === null || !Object.hasOwn(object, key)) continue;
      const result = this.visit(item, key, depth, family);
      if (result === item) continue;
      copy ??= copyOf(object);
      copy[key] = result;
    }
    if (lookalike === undefined || !standsAlone(object, lookalike)) return copy ?? object;
    return objectWith(`$${lookalike}`, (copy ?? object)[lookalike]);
  }
}

/**
 * A spread defines properties and does not assign them: even an own `__proto__` stays a plain key. The
 * object's toJSON has already been asked, so its copy must not have one.
 */
function copyOf(object: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...object };
  if (typeof copy["toJSON"] === "function") copy["toJSON"] = undefined;
  return copy;
}

/** Whether `key` is the only one that JSON will show. */
function standsAlone(object: Record<string, unknown>, key: string): boolean {
  return (
    isShown(object[key]) &&
    Object.keys(object).every((other) => other === key || !isShown(object[other])) &&
    Object.hasOwn(object, key)
  );
}

function isShown(value: unknown): boolean {
  const type = typeof value;
  if (type === "undefined" || type === "function" || type === "symbol") return false;
  if (type !== "object" || value === null) return true;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON !== "function" || toJSON.call(value, "") !== undefined;
}
