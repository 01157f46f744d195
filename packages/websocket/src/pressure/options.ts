import { WebSocketError } from "../errors.ts";
import { sendBufferBytesMax, sendPatienceMs } from "../limits.ts";
import type { Role } from "../connection/machine.ts";

/** What happens to a message that does not fit into `maxBuffered`. */
export type OverflowPolicy = "close" | "drop";

/** How back-pressure is set up. */
export interface PressureOptions {
  /**
   * Bytes that may wait to be sent to a peer that does not read, beside the one message that filled the line; each
   * message counts 128 bytes more than it has. 0 is no bound. Default on a server: 67,108,864, and beyond it only a peer
   * that has taken nothing for 30 seconds is closed. Default on a client: 0.
   */
  maxBuffered?: number | undefined;
  /**
   * What happens to a message beyond `maxBuffered`: `close` closes the connection with 1013 and gives up what waits;
   * `drop` drops the message, counts it in `dropped`, emits `drop` and tells the callback. Default `close`.
   */
  overflow?: OverflowPolicy | undefined;
}

/** How much may wait to be sent, and what happens beyond: one object for all connections of a server. */
export interface SendBound {
  readonly bytesMax: number;
  readonly policy: OverflowPolicy;
  /** How long the peer must have taken nothing before the bound holds. */
  readonly patienceMs: number;
}

/** The default of a server: generous to bursts, since software written without a bound is full of them. */
const lenient: SendBound = {
  bytesMax: sendBufferBytesMax,
  policy: "close",
  patienceMs: sendPatienceMs,
};

/**
 * The public options in this package's words; undefined when there is no bound.
 *
 * @throws WebSocketError `WS_ARGUMENT` when one is not what it must be.
 */
export function sendBound(options: PressureOptions, role: Role): SendBound | undefined {
  const { maxBuffered, overflow } = options;
  if (overflow !== undefined && overflow !== "close" && overflow !== "drop") {
    throw new WebSocketError("WS_ARGUMENT", 'overflow is "close" or "drop"');
  }
  if (maxBuffered === undefined && overflow === undefined) {
    return role === "server" ? lenient : undefined;
  }
  const bytesMax = maxBuffered ?? sendBufferBytesMax;
  if (typeof bytesMax !== "number" || !(bytesMax >= 0)) {
    throw new WebSocketError("WS_ARGUMENT", `maxBuffered is bytes, not ${String(bytesMax)}`);
  }
  return bytesMax === 0 ? undefined : { bytesMax, policy: overflow ?? "close", patienceMs: 0 };
}
