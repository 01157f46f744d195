import { recoveryOptionsOf } from "../recovery/recovery-options.ts";
import { ServerDelivery } from "./delivery.ts";
import { resolveDelivery } from "./options.ts";
import type { AnyServer } from "../erased.ts";
import type { ServerOptions } from "../options.ts";

/** The delivery of a server, whose log begins to open; undefined when it is off. @throws ServerError */
export function makeDelivery(
  server: AnyServer,
  opts: Partial<ServerOptions>,
): ServerDelivery | undefined {
  if (opts.delivery === undefined) return undefined;
  const { maxDisconnectionDuration, skipMiddlewares } = recoveryOptionsOf(opts);
  // An adapter of the application keeps the sessions of unmodified clients itself.
  const inLog = opts.connectionStateRecovery && opts.adapter === undefined;
  return new ServerDelivery(
    server,
    resolveDelivery(opts.delivery),
    inLog ? { skipMiddlewares, ageMs: maxDisconnectionDuration } : undefined,
    opts.parser === undefined ? undefined : (packet, compress) => server._encode(packet, compress),
  );
}
