import type { Duplex } from "node:stream";
import { WheelEntry } from "../timing-wheel.ts";
import type { HeartbeatTimes } from "./options.ts";
import { bytesRead, bytesTaken } from "./signs.ts";

/** What a heartbeat sees of a line: a connection. */
export interface HeartbeatLine {
  readonly state: "open" | "closing" | "closed";
  /** Whether more is to be sent than the kernel takes. */
  readonly isFull: boolean;
  readonly socket: Duplex;
  ping(data: Uint8Array): void;
}

/** Whose heartbeat it is. */
export interface HeartbeatOwner {
  readonly connection: HeartbeatLine | undefined;
  /** The peer shows no sign of life. */
  onHeartbeatTimeout(): void;
}

/** Bytes of a heartbeat's ping. They begin at random, so that an answer cannot be made up. */
const payloadBytes = 8;
let lastMark: bigint = crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;

/**
 * The heartbeat of one connection: a ping each interval, and the end of the line when the peer shows no sign of life
 * within the time-out. A sign of life is the answer, any other byte that comes in, and progress of a line that was
 * full, since the kernel takes more only as the peer's takes it. A line that is not read is not judged.
 */
export class Heartbeat extends WheelEntry {
  /** Milliseconds from the last answered ping to its answer, with what stood before it in the line. */
  rtt: number | undefined = undefined;

  private readonly owner: HeartbeatOwner;
  private readonly times: HeartbeatTimes;
  /** While the time-out runs. */
  private awaiting = false;
  /** The data of the last ping, while it has not been answered. */
  private mark: Buffer | undefined = undefined;
  private sentAt = 0;
  /** What had come in when the time-out began. */
  private heard = 0;
  /** What the kernel had taken then, if the line was full. */
  private taken: number | undefined = undefined;
  /** Chunks that came in, where the socket does not count bytes. */
  private chunks = 0;

  constructor(owner: HeartbeatOwner, times: HeartbeatTimes) {
    super();
    this.owner = owner;
    this.times = times;
  }

  /** Begins. The first ping comes early by up to half an interval, so that lines opened together ping apart. */
  start(): void {
    const { intervalMs, wheel } = this.times;
    const { socket } = this.owner.connection as HeartbeatLine;
    if (bytesRead(socket) === undefined) socket.on("data", () => this.chunks++);
    wheel.schedule(this, intervalMs * (1 - Math.random() / 2));
  }

  stop(): void {
    this.times.wheel.cancel(this);
  }

  /** Whether this pong answers a ping of the heartbeat. */
  onPong(data: Buffer): boolean {
    if (this.mark === undefined || !this.mark.equals(data)) return false;
    this.mark = undefined;
    this.rtt = this.times.wheel.now() - this.sentAt;
    if (this.awaiting) this.rest();
    return true;
  }

  /** Input is read again: what came meanwhile has still to be seen. */
  onResume(): void {
    if (this.awaiting) this.await(this.owner.connection as HeartbeatLine);
  }

  override onExpire(): void {
    const line = this.owner.connection;
    if (line?.state !== "open") return;
    if (line.socket.isPaused()) this.rest();
    else if (!this.awaiting) this.ping(line);
    else if (this.isAlive(line)) this.rest();
    else this.owner.onHeartbeatTimeout();
  }

  private ping(line: HeartbeatLine): void {
    lastMark = BigInt.asUintN(64, lastMark + 1n);
    this.mark = Buffer.allocUnsafe(payloadBytes);
    this.mark.writeBigUInt64BE(lastMark);
    this.sentAt = this.times.wheel.now();
    this.taken = line.isFull ? bytesTaken(line.socket) : undefined;
    this.await(line);
    line.ping(this.mark);
  }

  private await(line: HeartbeatLine): void {
    this.awaiting = true;
    this.heard = bytesRead(line.socket) ?? this.chunks;
    this.times.wheel.schedule(this, this.times.timeoutMs);
  }

  private isAlive(line: HeartbeatLine): boolean {
    if ((bytesRead(line.socket) ?? this.chunks) !== this.heard) return true;
    return this.taken !== undefined && bytesTaken(line.socket) !== this.taken;
  }

  private rest(): void {
    this.awaiting = false;
    this.times.wheel.schedule(this, this.times.intervalMs);
  }
}
