import type { ConnectionHandler } from "../connection/connection.ts";
import type { WebSocketError } from "../errors.ts";
import type { Link } from "./link.ts";

/**
 * Tells a link what its connection tells, one thing in each turn of the event loop (`allowSynchronousEvents: false`).
 * The line is not read while something waits here.
 */
class PacedHandler implements ConnectionHandler {
  private readonly link: Link;
  private waiting: (() => void)[] = [];

  constructor(link: Link) {
    this.link = link;
  }

  onTextBytes(bytes: Buffer): void {
    this.later(() => this.link.onTextBytes(bytes));
  }

  onMessage(data: string | Buffer): void {
    this.later(() => this.link.onMessage(data));
  }

  onPing(data: Buffer): void {
    this.later(() => this.link.onPing(data));
  }

  onPong(data: Buffer): void {
    this.later(() => this.link.onPong(data));
  }

  onDrain(): void {
    this.link.onDrain?.();
  }

  onError(error: WebSocketError): void {
    this.inOrder(() => this.link.onError(error));
  }

  onClosing(): void {
    this.inOrder(() => this.link.onClosing());
  }

  onClose(code: number, reason: string): void {
    this.inOrder(() => this.link.onClose(code, reason));
  }

  /** What comes at once, unless something waits. */
  private inOrder(tell: () => void): void {
    if (this.waiting.length === 0) tell();
    else this.waiting.push(tell);
  }

  private later(tell: () => void): void {
    if (this.waiting.push(tell) > 1) return;
    this.link.connection?.["socket"].pause();
    setImmediate(this.next);
  }

  private readonly next = (): void => {
    try {
      this.waiting[0]?.();
    } finally {
      this.waiting.shift();
      if (this.waiting.length > 0) setImmediate(this.next);
      else if (this.link.connection?.isPaused === false) this.link.connection.resume();
    }
  };
}

/** Who is told what a connection tells, for a link. */
export function handlerOf(link: Link, allowSynchronousEvents: boolean = true): ConnectionHandler {
  return allowSynchronousEvents ? link : new PacedHandler(link);
}
