import type { Backoff } from "./backoff.ts";
import { Emitter } from "./emitter.ts";
import type { EventsMap, NoEvents } from "./events.ts";
import type { ManagerOptions } from "./options.ts";

interface Values extends Omit<Backoff, "attempts"> {
  reconnection: boolean;
  reconnectionAttempts: number;
  timeout: number | boolean;
}

/** The settings of a manager that can be changed while it runs: without an argument each tells its value. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor makes all of them alike
export interface ManagerSettings<ReservedEvents extends EventsMap> extends Emitter<
  NoEvents,
  NoEvents,
  ReservedEvents
> {
  /** Whether to come back by itself. `false` also ends attempts that are under way. */
  reconnection(value: boolean): this;
  reconnection(): boolean;
  reconnection(value?: boolean): this | boolean;

  /** Attempts before giving up. */
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(): number;
  reconnectionAttempts(value?: number): this | number;

  /** First delay, in milliseconds. */
  reconnectionDelay(value: number): this;
  reconnectionDelay(): number;
  reconnectionDelay(value?: number): this | number;

  /** Longest delay, in milliseconds. */
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value?: number): this | number;

  /** Part of a delay that is left to chance, 0 to 1. */
  randomizationFactor(value: number): this;
  randomizationFactor(): number;
  randomizationFactor(value?: number): this | number;

  /** Time limit for one attempt to connect, in milliseconds; `false` for none. */
  timeout(value: number | boolean): this;
  timeout(): number | boolean;
  timeout(value?: number | boolean): this | number | boolean;
}

/** What makes them. */
export class ManagerSettings<ReservedEvents extends EventsMap> extends Emitter<
  NoEvents,
  NoEvents,
  ReservedEvents
> {
  declare protected readonly settings: Values & Backoff;

  constructor(options: Partial<ManagerOptions>) {
    super();
    const values: Values = {
      reconnection: options.reconnection !== false,
      reconnectionAttempts: options.reconnectionAttempts || Infinity,
      reconnectionDelay: options.reconnectionDelay || 1000,
      reconnectionDelayMax: options.reconnectionDelayMax || 5000,
      randomizationFactor: options.randomizationFactor ?? 0.5,
      timeout: options.timeout ?? 20_000,
    };
    const settings: Values & Backoff & Record<string, unknown> = { ...values, attempts: 0 };
    this.settings = settings;
    const methods = this as unknown as Record<string, (value: unknown) => unknown>;
    for (const name of Object.keys(values)) {
      methods[name] = (value) => {
        if (value === undefined) return settings[name];
        settings[name] = value;
        return this;
      };
    }
  }
}
