import { ClientError } from "../errors.ts";
import type { ClientErrors } from "../errors.ts";
import type { Transport } from "../transports/transport.ts";

/** What upgrades ask of the connection. */
export interface UpgradeOwner {
  /** A candidate answered: packets wait until it has taken over. */
  onUpgrading(candidate: Transport): void;
  /** The present transport is at rest: the candidate takes over. */
  onUpgraded(candidate: Transport): void;
  /** A candidate failed; the present transport goes on. */
  onUpgradeFailed(error: UpgradeError): void;
}

/** An upgrade that failed. */
export interface UpgradeError extends ClientError {
  /** Name of the transport that was tried. */
  transport: string;
}

/**
 * Tries better transports: `2probe`, `3probe`, then the present transport comes to rest and `5` says from where on the
 * candidate counts (Engine.IO protocol, "Upgrade"). The first one that answers wins.
 */
export interface Upgrades {
  /** Tries a candidate for the place of `present`. */
  probe(candidate: Transport, present: Transport): void;
  /** Whether a candidate is about to take over; packets wait meanwhile. */
  isMoving(): boolean;
  /** Gives all candidates up without a word. */
  abort(): void;
}

export function createUpgrades(owner: UpgradeOwner): Upgrades {
  const candidates = new Set<Transport>();
  let winner: Transport | undefined;

  function abort(): void {
    winner = undefined;
    for (const candidate of candidates) candidate.close();
    candidates.clear();
  }

  function probe(candidate: Transport, present: Transport): void {
    const fail = (text: keyof ClientErrors, cause?: Error) => {
      if (!candidates.delete(candidate)) return;
      candidate.close();
      if (winner === candidate) {
        winner = undefined;
        present.resume();
      }
      const error = new ClientError(text, cause);
      owner.onUpgradeFailed(Object.assign(error, { transport: candidate.name }));
    };
    const takeOver = () => {
      if (winner !== candidate) return;
      candidate.send([{ type: "upgrade" }]);
      candidates.delete(candidate);
      abort();
      owner.onUpgraded(candidate);
    };
    candidate.handler = {
      onOpen: () => candidate.send([{ type: "ping", data: "probe" }]),
      onPacket({ type, data }) {
        if (winner) return;
        if (type === "pong" && data === "probe") {
          winner = candidate;
          owner.onUpgrading(candidate);
          present.pause(takeOver);
        } else {
          fail("probe error");
        }
      },
      onDrain() {},
      onError: (error) => fail("probe error", error),
      onClose: () => fail("transport closed"),
    };
    candidates.add(candidate);
    candidate.open();
  }
  return { probe, isMoving: () => !!winner, abort };
}
