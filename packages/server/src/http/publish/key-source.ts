import { KeyRing } from "./api-key.ts";
import { Problem } from "./problem.ts";
import type { ApiKey } from "./api-key.ts";
import type { PublishLimits } from "./limits.ts";

/** Where keys come from: a list, or a function that gives the newest one. */
export type KeysOption = readonly ApiKey[] | (() => readonly ApiKey[] | Promise<readonly ApiKey[]>);

/** Has the keys at hand. A function is asked again when what it gave is a second old. */
export class KeySource {
  private readonly load: (() => readonly ApiKey[] | Promise<readonly ApiKey[]>) | undefined;
  private readonly limits: PublishLimits;
  private readonly now: () => number;
  private ring: KeyRing | undefined = undefined;
  private loadedMs = 0;
  private loading: Promise<KeyRing> | undefined = undefined;

  /** @throws ServerError `OPTION_INVALID` for a list that cannot be used */
  constructor(keys: KeysOption, limits: PublishLimits, now: () => number = Date.now) {
    this.limits = limits;
    this.now = now;
    if (typeof keys === "function") this.load = keys;
    else this.ring = new KeyRing(keys);
  }

  /**
   * The keys as they are now. While the function fails, those that it gave last, for a minute.
   * @throws Problem `KEYS_UNAVAILABLE`
   */
  current(): KeyRing | Promise<KeyRing> {
    if (this.ring !== undefined && this.ageMs() < this.limits.keysFreshMs) return this.ring;
    this.loading ??= this.reload().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private ageMs(): number {
    return this.load === undefined ? 0 : this.now() - this.loadedMs;
  }

  private async reload(): Promise<KeyRing> {
    const startedMs = this.now();
    try {
      this.ring = new KeyRing(await this.inTime());
      this.loadedMs = startedMs;
      return this.ring;
    } catch (error) {
      process.emitWarning(`publish.keys has failed: ${String(error)}`, { code: "HAWSER_KEYS" });
      if (this.ring !== undefined && this.ageMs() < this.limits.keysStaleMs) return this.ring;
      throw new Problem("KEYS_UNAVAILABLE");
    }
  }

  private inTime(): Promise<readonly ApiKey[]> {
    return new Promise((resolve, reject) => {
      const { keysTimeoutMs } = this.limits;
      const timer = setTimeout(() => reject(new Error("it took too long")), keysTimeoutMs);
      timer.unref();
      Promise.resolve()
        .then(() => this.load!())
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }
}
