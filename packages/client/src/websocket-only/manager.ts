import { BaseManager } from "../base-manager.ts";
import type { DefaultEventsMap, EventsMap } from "../events.ts";
import type { ManagerOptions } from "../options.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
import { parts } from "#websocket";

/** A manager that knows websockets alone: no long-polling to begin with, and nothing to move on from. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends BaseManager<ListenEvents, EmitEvents> {
  constructor(opts: Partial<ManagerOptions>);
  constructor(uri?: string, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>) {
    super(parts, uri, opts);
  }
}
