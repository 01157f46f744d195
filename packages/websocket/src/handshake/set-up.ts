import { clientLimits, serverLimits } from "../limits.ts";
import type { MachineOptions, Role } from "../connection/machine.ts";

/** What can be set of a connection. `undefined` leaves the default of the role. */
export type SetUp = {
  [Key in Exclude<keyof MachineOptions, "role">]: MachineOptions[Key] | undefined;
};

let last: MachineOptions = complete("server", {});

/**
 * The options of a connection, completed by the defaults of its role. Connections that are set up alike, as those of
 * one server are, share one object.
 */
export function setUp(role: Role, given: Partial<SetUp>): MachineOptions {
  const options = complete(role, given);
  if (!isAlike(options, last)) last = options;
  return last;
}

function isAlike(one: MachineOptions, other: MachineOptions): boolean {
  for (const key in one) {
    if (one[key as keyof MachineOptions] !== other[key as keyof MachineOptions]) return false;
  }
  return true;
}

function complete(role: Role, given: Partial<SetUp>): MachineOptions {
  const defaults = role === "server" ? serverLimits : clientLimits;
  return {
    role,
    payloadBytesMax: given.payloadBytesMax ?? defaults.payloadBytesMax,
    fragmentsMax: given.fragmentsMax ?? defaults.fragmentsMax,
    closeTimeoutMs: given.closeTimeoutMs ?? defaults.closeTimeoutMs,
    skipUtf8Check: given.skipUtf8Check ?? false,
    manualPong: given.manualPong ?? false,
  };
}
