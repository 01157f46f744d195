import type { Backoff } from "./backoff.ts";
import { Emitter } from "./emitter.ts";
import type { EventsMap, NoEvents } from "./events.ts";
import type { ManagerOptions } from "./options.ts";

interface Settings extends Backoff {
  reconnection: boolean;
  reconnectionAttempts: number;
  /** Time limit for one attempt to connect, in milliseconds; `false` for none. */
  timeout: number | boolean;
}

/** The settings of a manager that can be changed while it runs: without an argument each tells its value. */
export class ManagerSettings<ReservedEvents extends EventsMap> extends Emitter<
  NoEvents,
  NoEvents,
  ReservedEvents
> {
  protected readonly settings: Settings;
  /** Set by whoever does not want the manager to come back. */
  protected skipReconnect = false;

  constructor(options: Partial<ManagerOptions>) {
    super();
    this.settings = {
      reconnection: options.reconnection !== false,
      reconnectionAttempts: options.reconnectionAttempts || Infinity,
      reconnectionDelay: options.reconnectionDelay || 1000,
      reconnectionDelayMax: options.reconnectionDelayMax || 5000,
      randomizationFactor: options.randomizationFactor ?? 0.5,
      timeout: options.timeout ?? 20_000,
      attempts: 0,
    };
  }

  /** Whether to come back by itself. `false` also ends attempts that are under way. */
  reconnection(value: boolean): this;
  reconnection(): boolean;
  reconnection(value?: boolean): this | boolean;
  reconnection(value?: boolean): this | boolean {
    if (value === false) this.skipReconnect = true;
    return this.#setting("reconnection", value);
  }

  /** Attempts before giving up. */
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(): number;
  reconnectionAttempts(value?: number): this | number;
  reconnectionAttempts(value?: number): this | number {
    return this.#setting("reconnectionAttempts", value);
  }

  /** First delay, in milliseconds. */
  reconnectionDelay(value: number): this;
  reconnectionDelay(): number;
  reconnectionDelay(value?: number): this | number;
  reconnectionDelay(value?: number): this | number {
    return this.#setting("reconnectionDelay", value);
  }

  /** Longest delay, in milliseconds. */
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value?: number): this | number;
  reconnectionDelayMax(value?: number): this | number {
    return this.#setting("reconnectionDelayMax", value);
  }

  /** Part of a delay that is left to chance, 0 to 1. */
  randomizationFactor(value: number): this;
  randomizationFactor(): number;
  randomizationFactor(value?: number): this | number;
  randomizationFactor(value?: number): this | number {
    return this.#setting("randomizationFactor", value);
  }

  /** Time limit for one attempt to connect, in milliseconds; `false` for none. */
  timeout(value: number | boolean): this;
  timeout(): number | boolean;
  timeout(value?: number | boolean): this | number | boolean;
  timeout(value?: number | boolean): this | number | boolean {
    return this.#setting("timeout", value);
  }

  #setting<Name extends keyof Settings>(
    name: Name,
    value: Settings[Name] | undefined,
  ): this | Settings[Name] {
    if (value === undefined) return this.settings[name];
    this.settings[name] = value;
    return this;
  }
}
