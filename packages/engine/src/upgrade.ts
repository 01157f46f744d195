import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import { Outgoing } from "./outgoing.ts";
import type { ControlType, Transport, TransportHandler } from "./transport.ts";

/**
 * Where an upgrade stands: the websocket is open and its probe is awaited; the probe has been answered and polling is
 * coming to rest; the connection has moved; or the websocket was given up and polling goes on.
 */
export type UpgradePhase = "awaiting-probe" | "probing" | "done" | "failed";

/** What an upgrade acts on: the connection. */
export interface UpgradeHost {
  /** The probe was answered: keep packets back from polling, so that none leaves behind those on the new transport. */
  onUpgradeProbed(candidate: Transport): void;
  /** Answer the waiting GET, if there is one, so that polling comes to rest. */
  restPolling(): void;
  /** The client has moved: everything goes over the candidate from now on. */
  onUpgradeDone(candidate: Transport): void;
  /** The candidate is given up; polling goes on as if nothing had been. */
  onUpgradeFailed(): void;
}

/** Times of an upgrade. */
export interface UpgradeTimes {
  readonly upgradeTimeoutMs: number;
  readonly noopIntervalMs: number;
}

const probeAnswer = new Outgoing("3probe");

/**
 * The move of one connection from polling to a candidate transport, seen from the server: probe, answer, polling comes
 * to rest, upgrade packet. Every other course gives the candidate up and leaves polling as it was.
 */
export class Upgrade extends WheelEntry implements TransportHandler {
  phase: UpgradePhase = "awaiting-probe";
  private readonly host: UpgradeHost;
  private readonly candidate: Transport;
  private readonly wheel: TimingWheel;
  private readonly times: UpgradeTimes;
  private readonly deadline: number;

  constructor(host: UpgradeHost, candidate: Transport, wheel: TimingWheel, times: UpgradeTimes) {
    super();
    this.host = host;
    this.candidate = candidate;
    this.wheel = wheel;
    this.times = times;
    this.deadline = wheel.now() + times.upgradeTimeoutMs;
    candidate.handler = this;
    wheel.schedule(this, times.upgradeTimeoutMs);
  }

  /** Gives the candidate up, because the connection is ending. */
  abandon(): void {
    if (this.settle("failed")) this.candidate.close();
  }

  onControl(type: ControlType, data: string | undefined): void {
    if (this.phase === "awaiting-probe" && type === "ping" && data === "probe") this.probed();
    else if (this.phase === "probing" && type === "upgrade") this.moved();
    else this.fail();
  }

  /** A message before the upgrade packet cannot be put in order with those on polling. */
  onText(): void {
    this.fail();
  }

  onBinary(): void {
    this.fail();
  }

  onInvalidPacket(): void {
    this.fail();
  }

  onTransportDrain(): void {}

  onTransportClose(): void {
    if (this.settle("failed")) this.host.onUpgradeFailed();
  }

  override onExpire(): void {
    if (this.wheel.now() >= this.deadline) {
      this.fail();
      return;
    }
    this.host.restPolling();
    this.waitForRest();
  }

  private probed(): void {
    this.phase = "probing";
    this.candidate.write(probeAnswer);
    this.host.onUpgradeProbed(this.candidate);
    this.host.restPolling();
    this.waitForRest();
  }

  private waitForRest(): void {
    const left = this.deadline - this.wheel.now();
    this.wheel.schedule(this, Math.min(this.times.noopIntervalMs, left));
  }

  private moved(): void {
    if (this.settle("done")) this.host.onUpgradeDone(this.candidate);
  }

  private fail(): void {
    if (!this.settle("failed")) return;
    this.candidate.close();
    this.host.onUpgradeFailed();
  }

  /** Ends the upgrade; false when it had ended before. */
  private settle(phase: "done" | "failed"): boolean {
    if (this.phase === "done" || this.phase === "failed") return false;
    this.phase = phase;
    this.wheel.cancel(this);
    return true;
  }
}
