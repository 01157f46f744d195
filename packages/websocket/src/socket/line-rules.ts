import { heartbeatTimes } from "../heartbeat/options.ts";
import type { HeartbeatTimes } from "../heartbeat/options.ts";
import type { Role } from "../connection/machine.ts";
import type { CommonOptions } from "../options.ts";
import { sendBound } from "../pressure/options.ts";
import type { SendBound } from "../pressure/options.ts";

/** How a line is looked after: one object for all connections of a server. */
export interface LineRules {
  /** Undefined when there is none. */
  readonly heartbeat: HeartbeatTimes | undefined;
  /** What may wait to be sent; undefined: anything. */
  readonly bound: SendBound | undefined;
}

/** @throws WebSocketError `WS_ARGUMENT` when an option is not what it must be. */
export function lineRules(options: CommonOptions, role: Role): LineRules {
  return { heartbeat: heartbeatTimes(options.heartbeat), bound: sendBound(options, role) };
}
