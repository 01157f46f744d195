import type { Attachment } from "./binary.ts";
import { isBinary, toAttachment } from "./binary.ts";
import { ProtocolError } from "./errors.ts";

/** Stands for a binary value in the JSON of a packet. */
interface Placeholder {
  readonly _placeholder: true;
  readonly num: number;
}

// Ancestors are remembered only from this depth on: a cycle always gets there, real data hardly ever.
const cycleCheckDepth = 200;

/**
 * Takes the binary values out of `data`, depth first, and puts placeholders in their stead. Nothing
 * given is changed: what holds a binary value is copied, the rest is shared, and without any binary
 * value `data` itself is returned. Sees what `JSON.stringify` would see (`toJSON`, own enumerable
 * properties).
 *
 * @throws {TypeError} for a circular structure, as `JSON.stringify` does
 */
export function extractAttachments<T>(data: T, attachments: Attachment[]): T {
  return new Extraction(attachments).visit(data, "", 0) as T;
}

class Extraction {
  private readonly attachments: Attachment[];
  private ancestors: Set<object> | undefined;

  constructor(attachments: Attachment[]) {
    this.attachments = attachments;
  }

  visit(value: unknown, key: string, depth: number): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return this.visitInside(value, depth);
    // Before toJSON, which a Buffer has too.
    if (isBinary(value)) {
      const placeholder: Placeholder = { _placeholder: true, num: this.attachments.length };
      this.attachments.push(toAttachment(value));
      return placeholder;
    }
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJSON !== "function") return this.visitInside(value, depth);
    if (value instanceof Date) return value;
    const shown: unknown = toJSON.call(value, key);
    const result = this.visitShown(shown, depth);
    return result === shown ? value : result;
  }

  /** What toJSON returned: its own toJSON is not asked again. */
  private visitShown(shown: unknown, depth: number): unknown {
    if (typeof shown !== "object" || shown === null) return shown;
    if (isBinary(shown)) return this.visit(shown, "", depth);
    return this.visitInside(shown, depth);
  }

  private visitInside(value: object, depth: number): unknown {
    if (depth >= cycleCheckDepth) this.enter(value);
    const result = Array.isArray(value)
      ? this.visitArray(value, depth + 1)
      : this.visitObject(value as Record<string, unknown>, depth + 1);
    if (depth >= cycleCheckDepth) this.ancestors!.delete(value);
    return result;
  }

  private visitArray(list: unknown[], depth: number): unknown[] {
    let copy: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const item = list[i];
      if (typeof item !== "object" || item === null) continue;
      const result = this.visit(item, String(i), depth);
      if (result !== item) {
        copy ??= list.slice();
        copy[i] = result;
      }
    }
    return copy ?? list;
  }

  private visitObject(object: Record<string, unknown>, depth: number): Record<string, unknown> {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(object)) {
      const item = object[key];
      if (typeof item !== "object" || item === null) continue;
      const result = this.visit(item, key, depth);
      if (result !== item) {
        copy ??= copyOf(object);
        copy[key] = result;
      }
    }
    return copy ?? object;
  }

  private enter(value: object): void {
    this.ancestors ??= new Set();
    if (this.ancestors.has(value)) throw new TypeError("Converting circular structure to JSON");
    this.ancestors.add(value);
  }
}

/**
 * Own enumerable properties without a prototype, so that the key `__proto__` is one like any other.
 * Functions are left out, as JSON does: a copied toJSON would be called.
 */
function copyOf(object: Record<string, unknown>): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (typeof item !== "function") copy[key] = item;
  }
  return copy;
}

/** Where an attachment goes once it has arrived. */
export interface Slot {
  readonly holder: Record<string | number, unknown>;
  readonly key: string | number;
  readonly num: number;
}

/**
 * Finds the placeholders inside `data`, and judges them before a single attachment is waited for.
 *
 * @throws {ProtocolError} `ATTACHMENTS_ILLEGAL`, and `JSON_TOO_DEEP` for what a reviver nested deeper
 */
export function findSlots(data: unknown[], count: number, depthMax: number): Slot[] {
  const slots: Slot[] = [];
  visitSlots(data as unknown as Record<string | number, unknown>, slots, count, depthMax);
  return slots;
}

function visitSlots(holder: Slot["holder"], slots: Slot[], count: number, depthLeft: number): void {
  if (depthLeft <= 0) throw new ProtocolError("JSON_TOO_DEEP");
  if (Array.isArray(holder)) {
    for (let i = 0; i < holder.length; i++) visitSlot(holder, i, slots, count, depthLeft);
  } else {
    for (const key of Object.keys(holder)) visitSlot(holder, key, slots, count, depthLeft);
  }
}

function visitSlot(
  holder: Slot["holder"],
  key: string | number,
  slots: Slot[],
  count: number,
  depthLeft: number,
): void {
  const item = holder[key];
  // A reviver may have put a view there, whose bytes are nobody's placeholders.
  if (typeof item !== "object" || item === null || ArrayBuffer.isView(item)) return;
  const inner = item as Record<string, unknown>;
  if (Object.hasOwn(inner, "_placeholder") && inner["_placeholder"] === true) {
    slots.push({ holder, key, num: placeholderIndex(inner, count) });
  } else {
    visitSlots(inner, slots, count, depthLeft - 1);
  }
}

function placeholderIndex(placeholder: Record<string, unknown>, count: number): number {
  const num: unknown = Object.hasOwn(placeholder, "num") ? placeholder["num"] : undefined;
  if (typeof num === "number" && Number.isInteger(num) && num >= 0 && num < count) return num;
  throw new ProtocolError("ATTACHMENTS_ILLEGAL", "placeholder without a valid index");
}
