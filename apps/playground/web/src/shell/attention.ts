import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

const attentive = signal(isAttentive());

/** The person can be taken to look at the page: it is visible and its window has the focus. */
export const attention: ReadonlySignal<boolean> = attentive;

for (const event of ["focus", "blur", "pageshow"]) addEventListener(event, update);
document.addEventListener("visibilitychange", update);

function update(): void {
  attentive.value = isAttentive();
}

function isAttentive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
