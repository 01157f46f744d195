import type { IncomingMessage } from "node:http";
import { WebSocketError } from "../errors.ts";
import { pendingHandshakesMax, verifyTimeoutMs } from "../limits.ts";
import type { Rate } from "./rate.ts";

/** How many clients a server lets in, and how fast. What is left out is not limited, unless a default is named. */
export interface AdmissionLimits {
  /** Open connections, with the handshakes that wait for `verifyClient`. Beyond: 503. */
  connections?: number | undefined;
  /** The same from one address. Beyond: 429. */
  connectionsPerAddress?: number | undefined;
  /** Handshakes of all clients. Beyond: 429. */
  handshakes?: Rate | undefined;
  /** Handshakes from one address. Beyond: 429. */
  handshakesPerAddress?: Rate | undefined;
  /** Handshakes that wait for `verifyClient`. Beyond: 503. Default 10,000. */
  pendingHandshakes?: number | undefined;
  /** Milliseconds that `verifyClient` may take to answer. Then: 503. Default 60,000. */
  handshakeTimeout?: number | undefined;
}

/** How a server admits clients. */
export interface AdmissionOptions {
  /** Limits at the door. */
  limits?: AdmissionLimits | undefined;
  /**
   * The address that a request counts for. Behind a proxy it is for you to say which header is to be trusted; none is by
   * default. `undefined` counts for no address. Default: the address of the request's socket.
   */
  addressOf?: ((request: IncomingMessage) => string | undefined) | undefined;
}

/** Limits that are checked, with their defaults. */
export interface CheckedLimits extends AdmissionLimits {
  pendingHandshakes: number;
  handshakeTimeout: number;
}

const counts = [
  "connections",
  "connectionsPerAddress",
  "pendingHandshakes",
  "handshakeTimeout",
] as const;
const rates = ["handshakes", "handshakesPerAddress"] as const;

/** @throws WebSocketError `WS_ARGUMENT` when a limit is no number above 0. */
export function checkLimits(limits: AdmissionLimits = {}): CheckedLimits {
  for (const name of counts) checkPositive(`limits.${name}`, limits[name]);
  for (const name of rates) {
    const rate = limits[name];
    if (rate === undefined) continue;
    checkPositive(`limits.${name}.perSecond`, rate.perSecond ?? Number.NaN);
    checkPositive(`limits.${name}.burst`, rate.burst);
  }
  return {
    ...limits,
    pendingHandshakes: limits.pendingHandshakes ?? pendingHandshakesMax,
    handshakeTimeout: limits.handshakeTimeout ?? verifyTimeoutMs,
  };
}

function checkPositive(name: string, value: number | undefined): void {
  if (value === undefined || (typeof value === "number" && value > 0)) return;
  throw new WebSocketError("WS_ARGUMENT", `${name} is a number above 0, not ${String(value)}`);
}
