import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import type { Heartbeat, HeartbeatTarget, HeartbeatTimes } from "./heartbeat.ts";

/**
 * The heartbeat of a line that is none of Engine.IO: a ping when `pingIntervalMs` have passed since the last answer. Whatever
 * comes within `pingTimeoutMs` is an answer, since a client may send many other things before it reads the ping.
 */
export class LineHeartbeat extends WheelEntry implements Heartbeat {
  heard = false;
  private awaiting = false;
  private readonly target: HeartbeatTarget;
  private readonly wheel: TimingWheel;
  private readonly times: HeartbeatTimes;

  constructor(target: HeartbeatTarget, wheel: TimingWheel, times: HeartbeatTimes) {
    super();
    this.target = target;
    this.wheel = wheel;
    this.times = times;
  }

  /** Begins, or begins anew after an answer. */
  start(): void {
    this.awaiting = false;
    this.wheel.schedule(this, this.times.pingIntervalMs);
  }

  stop(): void {
    this.wheel.cancel(this);
  }

  onPong(): void {
    if (this.awaiting) this.start();
    this.target.onBeat();
  }

  /** The client may have a heartbeat of its own. */
  onPing(): void {}

  override onExpire(): void {
    if (!this.awaiting) {
      this.awaiting = true;
      this.heard = false;
      this.wheel.schedule(this, this.times.pingTimeoutMs);
      this.target.sendPing();
    } else if (this.heard) this.start();
    else this.target.onPingTimeout();
  }
}
