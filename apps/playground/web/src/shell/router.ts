import { signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";

/** The address bar: which path the page shows. */
export class Router {
  readonly #path: Signal<string> = signal(location.pathname);

  constructor() {
    addEventListener("popstate", () => {
      this.#path.value = location.pathname;
    });
  }

  get path(): ReadonlySignal<string> {
    return this.#path;
  }

  /** A new entry in the history, unless the path is shown already. */
  go(path: string): void {
    if (path === this.#path.value) return;
    history.pushState(null, "", path);
    this.#path.value = path;
  }

  /** In place of the present entry. */
  replace(path: string): void {
    history.replaceState(null, "", path);
    this.#path.value = path;
  }
}
