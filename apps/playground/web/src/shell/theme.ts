import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { mediaQuery } from "./media-query.ts";

export type Theme = "system" | "light" | "dark";

// The same key is read by /theme.js before the first paint.
const storageKey = "hawser.theme";
const systemIsDark = mediaQuery("(prefers-color-scheme: dark)");

/** What the person chose; the page follows the system until then. */
export const theme: Signal<Theme> = signal(storedTheme());

export function isDark(): boolean {
  return theme.value === "system" ? systemIsDark.value : theme.value === "dark";
}

export function toggleTheme(): void {
  theme.value = isDark() ? "light" : "dark";
}

effect(() => {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
  try {
    localStorage.setItem(storageKey, theme.value);
  } catch {
    // It holds until the page is left.
  }
});

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
