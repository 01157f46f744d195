import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import type { Heartbeat, HeartbeatTarget, HeartbeatTimes } from "../heartbeat.ts";

/** The heartbeat of Engine.IO 3, which the client begins: it pings every `pingIntervalMs`, and is answered. */
export class ClientHeartbeat extends WheelEntry implements Heartbeat {
  /** Not looked at: what counts is the ping. */
  heard = false;
  private readonly target: HeartbeatTarget;
  private readonly wheel: TimingWheel;
  private readonly timeoutMs: number;

  constructor(target: HeartbeatTarget, wheel: TimingWheel, times: HeartbeatTimes) {
    super();
    this.target = target;
    this.wheel = wheel;
    this.timeoutMs = times.pingIntervalMs + times.pingTimeoutMs;
  }

  start(): void {
    this.wheel.schedule(this, this.timeoutMs);
  }

  stop(): void {
    this.wheel.cancel(this);
  }

  onPing(data: string | undefined): void {
    this.start();
    this.target.sendPong(data);
    this.target.onBeat();
  }

  onPong(): void {
    this.target.onWrongBeat();
  }

  override onExpire(): void {
    this.target.onPingTimeout();
  }
}
