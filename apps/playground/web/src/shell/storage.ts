/** What the browser keeps for this page over reloads. Without storage (private windows, quota) the page works, and forgets. */
export class BrowserStorage {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get(key: string): string | undefined {
    try {
      return localStorage.getItem(this.#prefix + key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** Returns false when it could not be kept. */
  set(key: string, value: string): boolean {
    try {
      localStorage.setItem(this.#prefix + key, value);
      return true;
    } catch {
      return false;
    }
  }

  remove(key: string): void {
    try {
      localStorage.removeItem(this.#prefix + key);
    } catch {
      // Nothing was kept, so nothing is left.
    }
  }

  /** A kept JSON value. What does not parse counts as absent. */
  getJson(key: string): unknown {
    try {
      return JSON.parse(this.get(key) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }

  setJson(key: string, value: unknown): boolean {
    return this.set(key, JSON.stringify(value));
  }

  /** Calls back when another window of this browser has changed a key. */
  onOtherWindow(listener: (key: string) => void): void {
    addEventListener("storage", (event) => {
      if (event.key?.startsWith(this.#prefix) === true)
        listener(event.key.slice(this.#prefix.length));
    });
  }
}
