import { ClientError } from "../errors.ts";
import type { ClientErrorCode } from "../errors.ts";
import type { Packet, Transport, TransportHandler } from "../transports/transport.ts";

/** What an upgrade asks of the connection. */
export interface UpgradeOwner {
  /** The candidate answered. The connection may refuse, when another one was faster or it is closing. */
  onProbed(upgrade: Upgrade): boolean;
  /** The present transport is at rest: the candidate takes over. */
  onUpgraded(upgrade: Upgrade): void;
  /** The candidate failed; the present transport goes on. */
  onUpgradeFailed(upgrade: Upgrade, error: Error): void;
}

/** An upgrade that failed. */
export interface UpgradeError extends ClientError {
  /** Name of the transport that was tried. */
  transport: string;
}

/**
 * Tries one better transport: `2probe`, `3probe`, then the present transport comes to rest and `5` says from where
 * on the candidate counts (Engine.IO protocol, "Upgrade").
 */
export class Upgrade implements TransportHandler {
  readonly candidate: Transport;
  readonly #owner: UpgradeOwner;
  readonly #present: Transport;
  #state: "probing" | "pausing" | "over" = "probing";

  constructor(owner: UpgradeOwner, present: Transport, candidate: Transport) {
    this.#owner = owner;
    this.#present = present;
    this.candidate = candidate;
  }

  start(): void {
    this.candidate.handler = this;
    this.candidate.open();
  }

  /** Gives the candidate up without a word. */
  abort(): void {
    this.#state = "over";
    this.candidate.close();
  }

  onOpen(): void {
    this.candidate.send([{ type: "ping", data: "probe" }]);
  }

  onPacket(packet: Packet): void {
    if (this.#state !== "probing") return;
    if (packet.type !== "pong" || packet.data !== "probe") {
      this.#fail("PROBE_FAILED");
    } else if (this.#owner.onProbed(this)) {
      this.#state = "pausing";
      this.#present.pause(() => {
        if (this.#state !== "pausing") return;
        this.#state = "over";
        this.candidate.send([{ type: "upgrade" }]);
        this.#owner.onUpgraded(this);
      });
    }
  }

  onDrain(): void {}

  onError(error: Error): void {
    this.#fail("PROBE_FAILED", error);
  }

  onClose(): void {
    this.#fail("PROBE_CLOSED");
  }

  #fail(code: ClientErrorCode, cause?: Error): void {
    if (this.#state === "over") return;
    if (this.#state === "pausing") this.#present.resume();
    this.abort();
    const error = new ClientError(code, { cause }) as UpgradeError;
    error.transport = this.candidate.name;
    this.#owner.onUpgradeFailed(this, error);
  }
}
