import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "bad";
}

const shownMs = 5000;
let lastId = 0;

export const toasts: Signal<readonly Toast[]> = signal([]);

/** Says something for a few seconds; screen readers hear it too. */
export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = ++lastId;
  // The same words twice would only take more room.
  const others = toasts.value.filter((other) => other.text !== text);
  toasts.value = [...others, { id, text, tone }];
  setTimeout(() => dismissToast(id), shownMs);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((other) => other.id !== id);
}
