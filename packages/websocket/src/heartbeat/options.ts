import { WebSocketError } from "../errors.ts";
import { heartbeatIntervalMs, heartbeatTimeoutMs } from "../limits.ts";
import { sharedWheel } from "../timing-wheel.ts";
import type { TimingWheel } from "../timing-wheel.ts";

/** When to look after a line that says nothing. */
export interface HeartbeatOptions {
  /** Milliseconds between two pings. Default 25,000. */
  interval?: number | undefined;
  /** Milliseconds after a ping in which the peer must show a sign of life. Default 20,000. */
  timeout?: number | undefined;
}

/** The times of a heartbeat and the wheel it waits on: one object for all connections of a server. */
export interface HeartbeatTimes {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly wheel: TimingWheel;
}

/** A timer of Node holds no more. */
const delayMsMax = 2_147_483_647;

/**
 * The public option in this package's words; undefined when it is off.
 *
 * @throws WebSocketError `WS_ARGUMENT` when it is neither a boolean nor times in milliseconds.
 */
export function heartbeatTimes(
  option: boolean | HeartbeatOptions | undefined,
): HeartbeatTimes | undefined {
  if (option === undefined || option === false) return undefined;
  if (option !== true && (typeof option !== "object" || option === null)) {
    throw new WebSocketError("WS_ARGUMENT", "heartbeat is a boolean or { interval, timeout }");
  }
  const { interval = heartbeatIntervalMs, timeout = heartbeatTimeoutMs } =
    option === true ? {} : option;
  checkDelay("heartbeat.interval", interval);
  checkDelay("heartbeat.timeout", timeout);
  return { intervalMs: interval, timeoutMs: timeout, wheel: sharedWheel() };
}

function checkDelay(name: string, value: unknown): void {
  if (typeof value === "number" && value > 0 && value <= delayMsMax) return;
  throw new WebSocketError("WS_ARGUMENT", `${name} is milliseconds above 0, not ${String(value)}`);
}
