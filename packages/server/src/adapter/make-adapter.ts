import { LoggedAdapter } from "../delivery/logged-adapter.ts";
import { Adapter } from "./memory.ts";
import { SessionAwareAdapter } from "./session-aware.ts";
import type { AnyNamespace } from "../erased.ts";
import type { AdapterConstructor, ServerOptions } from "../options.ts";

/** What keeps the rooms when the application says nothing of it. */
export function defaultAdapterOf(opts: Partial<ServerOptions>): AdapterConstructor {
  if (!opts.connectionStateRecovery) return Adapter;
  return opts.delivery === undefined ? SessionAwareAdapter : LoggedAdapter;
}

/** Makes the adapter of a namespace. */
export function makeAdapter(make: AdapterConstructor, namespace: AnyNamespace): Adapter {
  // A class wants `new`, and a function does not mind it when it returns an object; an arrow function does.
  if (make.prototype === undefined) return (make as (nsp: AnyNamespace) => Adapter)(namespace);
  return new (make as new (nsp: AnyNamespace) => Adapter)(namespace);
}
