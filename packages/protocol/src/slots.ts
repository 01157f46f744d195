import { ProtocolError } from "./errors.ts";

/** A list or an object out of JSON. */
type Holder = Record<string | number, unknown>;

/** Where an attachment goes once it has arrived. */
export interface Slot {
  readonly holder: Holder;
  readonly key: string | number;
  /** Index of the attachment, in range. */
  readonly num: number;
}

/**
 * Finds the placeholders inside `data`, and judges them before a single attachment is waited for.
 *
 * @throws {ProtocolError} `ATTACHMENTS_ILLEGAL`, and `JSON_TOO_DEEP` for what a reviver nested deeper
 */
export function findSlots(data: readonly unknown[], count: number, depthMax: number): Slot[] {
  const slots: Slot[] = [];
  visit(data as unknown as Holder, slots, count, depthMax);
  return slots;
}

/** Puts the attachments in; the packet's data is the decoder's own, so it is changed in place. */
export function fillSlots(slots: readonly Slot[], attachments: readonly unknown[]): void {
  for (const { holder, key, num } of slots) {
    // The key is the holder's own property, so that even `__proto__` is plainly assigned.
    holder[key] = attachments[num];
  }
}

function visit(holder: Holder, slots: Slot[], count: number, depthLeft: number): void {
  if (depthLeft <= 0) throw new ProtocolError("JSON_TOO_DEEP");
  if (Array.isArray(holder)) {
    for (let i = 0; i < holder.length; i++) visitItem(holder, i, slots, count, depthLeft);
  } else {
    for (const key in holder) visitItem(holder, key, slots, count, depthLeft);
  }
}

function visitItem(
  holder: Holder,
  key: string | number,
  slots: Slot[],
  count: number,
  depthLeft: number,
): void {
  const item = holder[key];
  // A reviver may have put a view there, whose bytes are nobody's placeholders.
  if (typeof item !== "object" || item === null || ArrayBuffer.isView(item)) return;
  if (!Object.hasOwn(holder, key)) return;
  const inner = item as Holder;
  if (inner["_placeholder"] === true && Object.hasOwn(inner, "_placeholder")) {
    slots.push({ holder, key, num: indexOf(inner, count) });
  } else {
    visit(inner, slots, count, depthLeft - 1);
  }
}

function indexOf(placeholder: Holder, count: number): number {
  const num: unknown = Object.hasOwn(placeholder, "num") ? placeholder["num"] : undefined;
  if (Number.isInteger(num) && (num as number) >= 0 && (num as number) < count)
    return num as number;
  throw new ProtocolError("ATTACHMENTS_ILLEGAL", "placeholder without a valid index");
}
