import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { ClientInfo, VerifyClient } from "../options.ts";
import { refusal } from "./door.ts";
import type { CheckedLimits } from "./options.ts";
import { PendingHandshake } from "./pending.ts";

/** How a handshake is answered that is not accepted. */
export interface Refusal {
  readonly status: number;
  readonly message: string | undefined;
  /** Header lines, as `Name: value`. */
  readonly headers: readonly string[];
}

/**
 * Told once how it ended: undefined is admitted, `gone` needs no answer. A HandshakeError is ours, any other refusal the
 * application's.
 */
type OnVerified = (refusal: Refusal | "gone" | undefined) => void;

/** Asks `verifyClient`, and waits for its answer in bounded number and time. */
export class Verifier {
  private pending = 0;
  private readonly limits: CheckedLimits;

  constructor(limits: CheckedLimits) {
    this.limits = limits;
  }

  verify(
    verifyClient: VerifyClient,
    request: IncomingMessage,
    socket: Duplex,
    onVerified: OnVerified,
  ): void {
    const info = infoOf(request);
    if (verifyClient.length !== 2) {
      const admitted = (verifyClient as (info: ClientInfo) => boolean)(info);
      onVerified(admitted ? undefined : refusalOf());
      return;
    }
    if (this.pending >= this.limits.pendingHandshakes) {
      onVerified(refusal("WS_TOO_MANY_PENDING"));
      return;
    }
    this.pending++;
    const handshake = new PendingHandshake(socket, this.limits.handshakeTimeout, (end) => {
      this.pending--;
      if (end === "timeout") onVerified(refusal("WS_VERIFY_TIMEOUT"));
      if (end === "gone") onVerified("gone");
    });
    verifyClient(info, (admitted, status, message, headers) => {
      if (handshake.answer())
        onVerified(admitted ? undefined : refusalOf(status, message, headers));
    });
  }
}

function refusalOf(status = 401, message?: string, headers: OutgoingHttpHeaders = {}): Refusal {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  return { status, message, headers: lines };
}

function infoOf(request: IncomingMessage): ClientInfo {
  const { headers } = request;
  const name = headers["sec-websocket-version"] === "8" ? "sec-websocket-origin" : "origin";
  return {
    origin: headers[name] as string,
    secure: "encrypted" in request.socket,
    req: request,
  };
}
