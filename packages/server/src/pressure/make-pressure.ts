import { resolvePressure } from "./options.ts";
import { ServerPressure } from "./server-pressure.ts";
import type { ServerOptions } from "../options.ts";

/** What a server does about clients that do not read. @throws ServerError when an option cannot be used */
export function makePressure(options: ServerOptions): ServerPressure {
  const { delivery, connectionStateRecovery, pressure } = options;
  return new ServerPressure(
    resolvePressure(pressure, delivery !== undefined || Boolean(connectionStateRecovery)),
  );
}
