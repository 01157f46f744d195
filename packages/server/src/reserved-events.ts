import { reservedEvents } from "@hawser/protocol";
import { ServerError } from "./errors.ts";

/** Throws when an event's name is one of those that the framework itself emits. */
export function refuseReserved(name: unknown): void {
  if (reservedEvents.has(name as string)) {
    throw new ServerError("RESERVED_EVENT", `"${String(name)}" is a reserved event name`);
  }
}
