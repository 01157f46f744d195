import { BaseManager } from "./base-manager.ts";
import { parserCodec } from "./codec.ts";
import type { DefaultEventsMap, EventsMap } from "./events.ts";
import type { ManagerOptions } from "./options.ts";
import type { Parts } from "./parts.ts";
import { createRetryQueue } from "./retry-queue.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
import { defaultCodec } from "#codec";
// oxlint-disable-next-line no-restricted-imports -- the same
import { connect } from "#connect";

const parts: Parts = {
  connect,
  createCodec: ({ parser }) => (parser ? parserCodec(parser) : defaultCodec()),
  createRetryQueue,
};

/** Holds one connection for any number of namespaces, and brings it back when it is lost. */
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
