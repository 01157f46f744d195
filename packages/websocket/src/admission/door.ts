import type { IncomingMessage } from "node:http";
import type { HandshakeErrorCode } from "../errors.ts";
import { HandshakeError } from "../handshake/refuse.ts";
import { ratedAddressesMax, retryAfterSeconds } from "../limits.ts";
import { addressKey } from "./address-key.ts";
import { checkLimits } from "./options.ts";
import type { AdmissionOptions, CheckedLimits } from "./options.ts";
import { RateLimiter } from "./rate.ts";

/**
 * Who may come in: counts connections, in all and by address, and the rate of handshakes. A guest is counted from the
 * moment it is let in until it has left, also while it is being verified.
 */
export class Door {
  readonly limits: CheckedLimits;
  /** Guests inside. */
  guests = 0;
  private readonly addressOf: (request: IncomingMessage) => string | undefined;
  private readonly now: () => number;
  /** Whether anything is counted by address. */
  private readonly byAddress: boolean;
  private readonly guestsOf = new Map<string, number>();
  private readonly rate: RateLimiter | undefined;
  private readonly rateOf: RateLimiter | undefined;

  /** @throws WebSocketError `WS_ARGUMENT` when a limit is no number above 0. */
  constructor(options: AdmissionOptions, now: () => number = () => performance.now()) {
    const limits = checkLimits(options.limits);
    this.limits = limits;
    this.addressOf = options.addressOf ?? ((request) => request.socket.remoteAddress);
    this.now = now;
    this.byAddress =
      limits.connectionsPerAddress !== undefined || limits.handshakesPerAddress !== undefined;
    this.rate = limits.handshakes && new RateLimiter(limits.handshakes, 1);
    this.rateOf =
      limits.handshakesPerAddress &&
      new RateLimiter(limits.handshakesPerAddress, ratedAddressesMax);
  }

  /** Lets a guest in, and returns the address it counts for, or why it may not come in. */
  enter(request: IncomingMessage): string | undefined | HandshakeError {
    const address = this.byAddress ? this.addressOf(request) : undefined;
    const key = address === undefined ? undefined : addressKey(address);
    const error = this.checkRate(key) ?? this.checkCount(key);
    if (error !== undefined) return error;
    this.guests++;
    if (key !== undefined) this.guestsOf.set(key, (this.guestsOf.get(key) ?? 0) + 1);
    return key;
  }

  /** A guest has left. */
  leave(key: string | undefined): void {
    this.guests--;
    if (key === undefined) return;
    const left = (this.guestsOf.get(key) ?? 0) - 1;
    if (left > 0) this.guestsOf.set(key, left);
    else this.guestsOf.delete(key);
  }

  private checkRate(key: string | undefined): HandshakeError | undefined {
    const { rate, rateOf } = this;
    if (rate === undefined && rateOf === undefined) return undefined;
    const now = this.now();
    const waitMs = Math.max(
      rate?.waitMs("", now) ?? 0,
      key === undefined ? 0 : (rateOf?.waitMs(key, now) ?? 0),
    );
    if (waitMs > 0) return refusal("WS_TOO_MANY_HANDSHAKES", Math.ceil(waitMs / 1_000));
    rate?.take("", now);
    if (key !== undefined) rateOf?.take(key, now);
    return undefined;
  }

  private checkCount(key: string | undefined): HandshakeError | undefined {
    const { connections = Infinity, connectionsPerAddress = Infinity } = this.limits;
    if (this.guests >= connections) return refusal("WS_TOO_MANY_CONNECTIONS");
    if (key !== undefined && (this.guestsOf.get(key) ?? 0) >= connectionsPerAddress)
      return refusal("WS_TOO_MANY_FROM_ADDRESS");
    return undefined;
  }
}

/** The answer to who may come again later. */
export function refusal(
  code: HandshakeErrorCode,
  seconds: number = retryAfterSeconds,
): HandshakeError {
  return new HandshakeError(code, [`Retry-After: ${seconds}`]);
}
