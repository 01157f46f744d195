import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";

/** What a heartbeat acts on: the connection. */
export interface HeartbeatTarget {
  sendPing(): void;
  sendPong(data: string | undefined): void;
  /** The client has shown that it is there. */
  onBeat(): void;
  /** The client sent what only this side may. */
  onWrongBeat(): void;
  onPingTimeout(): void;
}

/** The heartbeat of one connection, whichever side begins it. */
export interface Heartbeat {
  /** Set for every packet that comes in: a store is all that the road of a message pays. */
  heard: boolean;
  start(): void;
  stop(): void;
  onPing(data: string | undefined): void;
  onPong(): void;
}

/** Times of a heartbeat, the same for all connections of a server. */
export interface HeartbeatTimes {
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
}

/**
 * The heartbeat of Engine.IO 4, which the server begins: a ping when `pingIntervalMs` have passed since the last answer, and a time-out when
 * nothing came for `pingTimeoutMs` after it. A client that is busy sending gets the time-out once more, since its
 * answer may stand behind a long message.
 */
export class ServerHeartbeat extends WheelEntry implements Heartbeat {
  heard = false;
  private awaiting = false;
  private extended = false;
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
    this.extended = false;
    this.wheel.schedule(this, this.times.pingIntervalMs);
  }

  stop(): void {
    this.wheel.cancel(this);
  }

  /** The client's answer. One that nobody asked for changes nothing. */
  onPong(): void {
    if (this.awaiting) this.start();
    this.target.onBeat();
  }

  onPing(): void {
    this.target.onWrongBeat();
  }

  override onExpire(): void {
    if (!this.awaiting) {
      this.awaiting = true;
      this.heard = false;
      this.wheel.schedule(this, this.times.pingTimeoutMs);
      this.target.sendPing();
    } else if (this.heard && !this.extended) {
      this.extended = true;
      this.wheel.schedule(this, this.times.pingTimeoutMs);
    } else {
      this.target.onPingTimeout();
    }
  }
}
