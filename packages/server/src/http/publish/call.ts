import type { ApiKey } from "./api-key.ts";

/** What a route is given. */
export interface Call {
  readonly key: ApiKey | undefined;
  /** What stands in the path in the place of `{name}`. */
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  /** The value of the body; undefined for GET. */
  readonly body: unknown;
  /** Counts further work against the key's rate. @throws Problem */
  readonly charge: (count: number) => void;
}
