import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { HandshakeErrorCode } from "../errors.ts";
import { HandshakeError, refuseUpgrade } from "../handshake/refuse.ts";
import type { VerifyClient } from "../options.ts";
import { Door } from "./door.ts";
import type { AdmissionOptions } from "./options.ts";
import { Verifier } from "./verify.ts";
import type { Refusal } from "./verify.ts";

/** What becomes of a guest. */
interface Host {
  /** It may come in; `address` is what it counts for. It is to `leave` by that in the end. */
  onAdmitted(address: string | undefined): void;
  /** It may not, for a reason of ours. What the application refuses is answered here. */
  onRefused(error: HandshakeError): void;
}

/** Receives those who ask to be let in: counts them, has them verified, and keeps the count of the refused. */
export class Reception {
  /** How many were refused, by the code of the error table. */
  readonly refusals: Map<HandshakeErrorCode, number> = new Map();
  readonly door: Door;
  private readonly verifier: Verifier;

  /** @throws WebSocketError `WS_ARGUMENT` when a limit is no number above 0. */
  constructor(options: AdmissionOptions) {
    this.door = new Door(options);
    this.verifier = new Verifier(this.door.limits);
  }

  receive(
    request: IncomingMessage,
    socket: Duplex,
    verifyClient: VerifyClient | undefined,
    host: Host,
  ): void {
    const guest = this.door.enter(request);
    if (guest instanceof HandshakeError) {
      host.onRefused(guest);
      return;
    }
    if (verifyClient === undefined) {
      host.onAdmitted(guest);
      return;
    }
    this.verifier.verify(verifyClient, request, socket, (refusal) => {
      if (refusal === undefined) {
        host.onAdmitted(guest);
        return;
      }
      this.leave(guest);
      if (refusal instanceof HandshakeError) host.onRefused(refusal);
      else if (refusal !== "gone") this.turnAway("WS_HANDSHAKE_REFUSED", refusal, socket);
    });
  }

  /** A guest has left, or could not come in after all. */
  leave(guest: string | undefined): void {
    this.door.leave(guest);
  }

  /** Answers who may not come in. */
  turnAway(code: HandshakeErrorCode, refusal: Refusal, socket: Duplex): void {
    this.count(code);
    refuseUpgrade(socket, refusal.status, refusal.message, refusal.headers);
  }

  count(code: HandshakeErrorCode): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
