import { Backoff } from "./backoff.ts";
import { Emitter } from "./emitter.ts";
import type { EventsMap, NoEvents } from "./events.ts";
import type { ManagerOptions } from "./options.ts";

/** The settings of a manager that can be changed while it runs: without an argument each tells its value. */
export class ManagerSettings<ReservedEvents extends EventsMap> extends Emitter<
  NoEvents,
  NoEvents,
  ReservedEvents
> {
  protected readonly backoff: Backoff;
  /** Set by whoever does not want the manager to come back. */
  protected skipReconnect = false;
  #_reconnection: boolean;
  #_reconnectionAttempts: number;
  #_timeout: number | boolean;

  constructor(options: Partial<ManagerOptions>) {
    super();
    this.#_reconnection = options.reconnection !== false;
    this.#_reconnectionAttempts = options.reconnectionAttempts || Infinity;
    this.#_timeout = options.timeout ?? 20_000;
    this.backoff = new Backoff({
      min: options.reconnectionDelay || 1000,
      max: options.reconnectionDelayMax || 5000,
      jitter: options.randomizationFactor ?? 0.5,
    });
  }

  /** Whether to come back by itself. `false` also ends attempts that are under way. */
  reconnection(value: boolean): this;
  reconnection(): boolean;
  reconnection(value?: boolean): this | boolean;
  reconnection(value?: boolean): this | boolean {
    if (value === undefined) return this.#_reconnection;
    this.#_reconnection = value;
    if (!value) this.skipReconnect = true;
    return this;
  }

  /** Attempts before giving up. */
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(): number;
  reconnectionAttempts(value?: number): this | number;
  reconnectionAttempts(value?: number): this | number {
    if (value === undefined) return this.#_reconnectionAttempts;
    this.#_reconnectionAttempts = value;
    return this;
  }

  /** First delay, in milliseconds. */
  reconnectionDelay(value: number): this;
  reconnectionDelay(): number;
  reconnectionDelay(value?: number): this | number;
  reconnectionDelay(value?: number): this | number {
    return this.#delay("min", value);
  }

  /** Longest delay, in milliseconds. */
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value?: number): this | number;
  reconnectionDelayMax(value?: number): this | number {
    return this.#delay("max", value);
  }

  /** Part of a delay that is left to chance, 0 to 1. */
  randomizationFactor(value: number): this;
  randomizationFactor(): number;
  randomizationFactor(value?: number): this | number;
  randomizationFactor(value?: number): this | number {
    return this.#delay("jitter", value);
  }

  /** Time limit for one attempt to connect, in milliseconds; `false` for none. */
  timeout(value: number | boolean): this;
  timeout(): number | boolean;
  timeout(value?: number | boolean): this | number | boolean;
  timeout(value?: number | boolean): this | number | boolean {
    if (value === undefined) return this.#_timeout;
    this.#_timeout = value;
    return this;
  }

  #delay(name: "min" | "max" | "jitter", value: number | undefined): this | number {
    if (value === undefined) return this.backoff[name];
    this.backoff[name] = value;
    return this;
  }
}
