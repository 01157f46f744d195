import { randomBytes } from "node:crypto";
import type { Outgoing } from "@hawser/engine/internal";
import type { BroadcastOptions, Room } from "../adapter/types.ts";
import type { ServerLimits } from "../limits.ts";

/** A message that sessions may have missed. */
export interface LoggedMessage {
  readonly position: number;
  readonly message: Outgoing;
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room> | undefined;
  readonly atMs: number;
}

const epochBytes = 6;

/**
 * The messages of a namespace in order, as long as somebody may come back for them: bounded in time, number and bytes.
 * Positions count from 1; a client sees them as offsets, which carry the epoch of this log, so that a string of the
 * application or of another process is not taken for one.
 */
export class PacketLog {
  private readonly epoch: string = `${randomBytes(epochBytes).toString("base64url")}.`;
  private readonly retentionMs: number;
  private readonly limits: ServerLimits;
  private messages: LoggedMessage[] = [];
  /** Messages before this index have been let go. */
  private head = 0;
  private bytes = 0;
  private last = 0;

  constructor(retentionMs: number, limits: ServerLimits) {
    this.retentionMs = retentionMs;
    this.limits = limits;
  }

  /** The position of the newest message; 0 before the first. */
  get lastPosition(): number {
    return this.last;
  }

  /** Messages up to this position are no longer there. */
  get floor(): number {
    return this.last - this.size;
  }

  /** How many messages are kept. */
  get size(): number {
    return this.messages.length - this.head;
  }

  /** How a position is told to clients. */
  offsetOf(position: number): string {
    return this.epoch + position.toString(36);
  }

  /** The position of an offset, or undefined when this log did not issue it. */
  positionOf(offset: string): number | undefined {
    if (!offset.startsWith(this.epoch)) return undefined;
    const digits = offset.slice(this.epoch.length);
    const position = Number.parseInt(digits, 36);
    return position.toString(36) === digits && position <= this.last ? position : undefined;
  }

  /** Takes a message, at the position after the last. */
  append(message: Outgoing, { rooms, except }: BroadcastOptions, nowMs: number): void {
    this.last++;
    this.bytes += message.size;
    this.messages.push({ position: this.last, message, rooms, except, atMs: nowMs });
    this.expire(nowMs);
    while (this.size > this.limits.recoveryMessagesMax || this.bytes > this.limits.recoveryBytesMax)
      this.dropFirst();
  }

  /** Lets go of what is too old. */
  expire(nowMs: number): void {
    const before = nowMs - this.retentionMs;
    while (this.size > 0 && this.messages[this.head]!.atMs < before) this.dropFirst();
  }

  /** What came after a position, which must not be below {@link floor}. */
  *after(position: number): Generator<LoggedMessage> {
    for (let at = this.head + position - this.floor; at < this.messages.length; at++) {
      yield this.messages[at]!;
    }
  }

  private dropFirst(): void {
    this.bytes -= this.messages[this.head]!.message.size;
    this.messages[this.head] = undefined as never;
    this.head++;
    // The free places in front go when they are as many as the taken ones: each is moved once on average.
    if (this.head * 2 >= this.messages.length) {
      this.messages.splice(0, this.head);
      this.head = 0;
    }
  }
}
