import type { Base64 } from "../base64.ts";
import type { PlainErrorCode } from "./errors.ts";
import { isMarkLike, objectWith, onlyKeyOf } from "./marks.ts";
import { pointerTo } from "./pointer.ts";

/** A list or an object out of JSON. */
type Holder = Record<string | number, unknown>;

/** Where a binary frame goes once it has arrived. */
export interface PlainSlot {
  readonly holder: Holder;
  readonly key: string | number;
  /** Index of the frame, in range. */
  readonly index: number;
}

/** Says what is wrong with a mark, and where; throws. */
export type Blame = (code: PlainErrorCode, at: string) => never;

/**
 * Finds the marks of binary frames in `data`, and takes the additional dollar from what only looks like one. The data
 * is the decoder's own and within its depth, so it is changed in place, and walked by recursion.
 */
export function findPlainSlots(data: unknown[], count: number, blame: Blame): PlainSlot[] {
  const slots: PlainSlot[] = [];
  walk(data as unknown as Holder, "$binary", ["data"], (value, holder, key, path) => {
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < count) {
      slots.push({ holder, key, index: value as number });
    } else blame("BINARY_MISSING", pointerTo(path));
  });
  return slots;
}

/** Puts the frames in. */
export function fillPlainSlots(slots: readonly PlainSlot[], frames: readonly unknown[]): void {
  for (const { holder, key, index } of slots) {
    // The key is the holder's own property, so that even `__proto__` is plainly assigned.
    holder[key] = frames[index];
  }
}

/** Puts bytes in place of the base64 in `data`. */
export function restoreBase64(data: unknown[], base64: Base64, blame: Blame): void {
  walk(data as unknown as Holder, "$base64", ["data"], (value, holder, key, path) => {
    try {
      holder[key] = base64.decode(value as string);
    } catch {
      blame("FIELD_INVALID", `${pointerTo(path)}/$base64`);
    }
  });
}

type OnMark = (value: unknown, holder: Holder, key: string | number, path: Path) => void;
type Path = (string | number)[];

function walk(holder: Holder, mark: "$binary" | "$base64", path: Path, onMark: OnMark): void {
  const visitItem = (key: string | number): void => {
    const item = holder[key];
    if (typeof item !== "object" || item === null) return;
    path.push(key);
    let inner = item as Holder;
    const only = Array.isArray(item) ? undefined : onlyKeyOf(item);
    if (only === mark) {
      onMark(inner[only], holder, key, path);
    } else {
      if (only !== undefined && isMarkLike(only, mark)) {
        inner = objectWith(only.slice(1), inner[only]);
        holder[key] = inner;
      }
      walk(inner, mark, path, onMark);
    }
    path.pop();
  };
  if (Array.isArray(holder)) {
    for (let i = 0; i < holder.length; i++) visitItem(i);
  } else {
    for (const key of Object.keys(holder)) visitItem(key);
  }
}
