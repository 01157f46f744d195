import type { Connection } from "@hawser/engine";

/** How much of what a client was answered still waits for its line. */
export class AnswerLag {
  private readonly conn: Connection;
  private waiting = 0;
  /** What waited when the line was last asked to tell when it has left; 0 while it has not been asked. */
  private marked = 0;

  constructor(conn: Connection) {
    this.conn = conn;
  }

  /** Something has been sent. @returns what waits, in UTF-16 units and bytes */
  count(size: number): number {
    this.waiting += size;
    if (this.marked === 0) this.mark();
    return this.waiting;
  }

  private mark(): void {
    if (this.waiting === 0) return;
    this.marked = this.waiting;
    this.conn.transport.afterFlush(this.onFlush);
  }

  private readonly onFlush = (): void => {
    this.waiting -= this.marked;
    this.marked = 0;
    this.mark();
  };
}
