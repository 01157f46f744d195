import { clientLimits, serverLimits } from "../limits.ts";
import type { MachineOptions, Role } from "../connection/machine.ts";

/** What can be set of a connection. `undefined` leaves the default of the role. */
export type SetUp = {
  [Key in Exclude<keyof MachineOptions, "role">]: MachineOptions[Key] | undefined;
};

/** Those that were used last; connections of one server have one or two of them. */
const known: MachineOptions[] = [];
const knownMax = 8;

/**
 * The options of a connection, completed by the defaults of its role. Connections that are set up alike, as those of
 * one server are, share one object.
 */
export function setUp(role: Role, given: Partial<SetUp>): MachineOptions {
  const options = complete(role, given);
  for (const before of known) if (isAlike(options, before)) return before;
  if (known.length === knownMax) known.shift();
  known.push(options);
  return options;
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
