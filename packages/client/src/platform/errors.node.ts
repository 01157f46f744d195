import { errorBrand } from "@hawser/protocol";
import type { Fault } from "@hawser/protocol";
import { ClientError } from "../errors.ts";
import type { ClientErrorCode } from "../errors.ts";

// Those that are not the environment's; see the table in errors.ts.
const faults: { readonly [Code in ClientErrorCode]?: Fault } = {
  SERVER_ERROR: "peer",
  INVALID_PACKET: "peer",
  NO_TRANSPORTS_AVAILABLE: "developer",
  RESERVED_EVENT_NAME: "developer",
};

/** Gives the errors what nobody downloads for them: a name, whose fault they are, that they are a `HawserError`. */
export function completeErrors(): void {
  Object.defineProperties(ClientError.prototype, {
    [errorBrand]: { value: "client" },
    name: { value: "ClientError", writable: true, configurable: true },
    fault: {
      get(this: ClientError): Fault {
        return faults[this.code] ?? "environment";
      },
    },
  });
}
