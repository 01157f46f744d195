import type { Attachment, BinaryValue } from "./binary.ts";
import { isBinary, isPlain, toAttachment } from "./binary.ts";

/** What stands in the JSON of a packet for a binary value. */
export interface Placeholder {
  readonly _placeholder: true;
  /** Index of the attachment, from 0. */
  readonly num: number;
}

// Ancestors are remembered only from this depth on: a cycle always gets there, real data hardly ever.
const cycleCheckDepth = 200;

/**
 * Takes the binary values out of `data`, depth first, into `found`, and puts placeholders in their
 * stead. Nothing given is changed: what holds a binary value is copied, the rest is shared, and
 * without any binary value `data` itself is returned. Sees what `JSON.stringify` would see (`toJSON`,
 * own enumerable properties).
 *
 * @throws {TypeError} for a circular structure, as `JSON.stringify` does
 */
export function extractAttachments(data: object, found: Attachment[]): unknown {
  return visit(data, "", found, 0, undefined);
}

function visit(
  value: object,
  key: string | number,
  found: Attachment[],
  depth: number,
  ancestors: Set<object> | undefined,
): unknown {
  // Before toJSON, which a Buffer has too.
  if (!isPlain(value) && isBinary(value)) return placeholderFor(value, found);
  const toJSON: unknown = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJSON !== "function") return visitInside(value, found, depth, ancestors);
  if (value instanceof Date) return value;
  // What it returns is not asked for its own toJSON again.
  const shown: unknown = toJSON.call(value, String(key));
  if (typeof shown !== "object" || shown === null) return value;
  if (isBinary(shown)) return placeholderFor(shown, found);
  const result = visitInside(shown, found, depth, ancestors);
  return result === shown ? value : result;
}

function placeholderFor(value: BinaryValue, found: Attachment[]): Placeholder {
  return { _placeholder: true, num: found.push(toAttachment(value)) - 1 };
}

/** Few frames a level: what JSON.stringify takes must not be too deep for this. */
function visitInside(
  value: object,
  found: Attachment[],
  depth: number,
  ancestors: Set<object> | undefined,
): object {
  const family = depth < cycleCheckDepth ? undefined : (ancestors ?? new Set());
  if (family?.has(value)) throw new TypeError("Converting circular structure to JSON");
  family?.add(value);
  const result = Array.isArray(value)
    ? visitArray(value, found, depth + 1, family)
    : visitObject(value as Record<string, unknown>, found, depth + 1, family);
  family?.delete(value);
  return result;
}

function visitArray(
  list: unknown[],
  found: Attachment[],
  depth: number,
  ancestors: Set<object> | undefined,
): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (typeof item !== "object" || item === null) continue;
    const result = visit(item, i, found, depth, ancestors);
    if (result === item) continue;
    copy ??= Array.from(list);
    copy[i] = result;
  }
  return copy ?? list;
}

function visitObject(
  object: Record<string, unknown>,
  found: Attachment[],
  depth: number,
  ancestors: Set<object> | undefined,
): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const key in object) {
    const item = object[key];
    if (typeof item !== "object" || item === null || !Object.hasOwn(object, key)) continue;
    const result = visit(item, key, found, depth, ancestors);
    if (result === item) continue;
    copy ??= copyOf(object);
    copy[key] = result;
  }
  return copy ?? object;
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
