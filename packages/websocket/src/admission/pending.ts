import type { Duplex } from "node:stream";
import { sharedWheel, WheelEntry } from "../timing-wheel.ts";
import type { TimingWheel } from "../timing-wheel.ts";

/** How a handshake that waited for the application has ended. */
export type PendingEnd = "answered" | "timeout" | "gone";

/**
 * A handshake that waits for the application's answer: it ends once, with the answer, after a time, or when the client
 * is gone. What comes after that is not listened to.
 */
export class PendingHandshake extends WheelEntry {
  private readonly socket: Duplex;
  private readonly wheel: TimingWheel;
  private onEnd: ((end: PendingEnd) => void) | undefined;

  constructor(
    socket: Duplex,
    timeoutMs: number,
    onEnd: (end: PendingEnd) => void,
    wheel: TimingWheel = sharedWheel(),
  ) {
    super();
    this.socket = socket;
    this.wheel = wheel;
    this.onEnd = onEnd;
    // While it waits, a socket that breaks must not be an unhandled error.
    socket.on("error", destroySocket).on("close", this.onClose);
    if (timeoutMs !== Infinity) wheel.schedule(this, timeoutMs);
  }

  /** The answer came; whether it still counts. */
  answer(): boolean {
    return this.end("answered");
  }

  override onExpire(): void {
    this.end("timeout");
  }

  private readonly onClose = (): void => {
    this.end("gone");
  };

  private end(end: PendingEnd): boolean {
    const { onEnd } = this;
    if (onEnd === undefined) return false;
    this.onEnd = undefined;
    this.wheel.cancel(this);
    this.socket.off("close", this.onClose);
    if (end !== "gone") this.socket.off("error", destroySocket);
    onEnd(end);
    return true;
  }
}

function destroySocket(this: Duplex): void {
  this.destroy();
}
