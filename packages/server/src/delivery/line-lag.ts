import type { Connection } from "@hawser/engine";

/** The line is asked only when so much has been sent: to ask is not free. */
const askedAfterBytes = 64 * 1024;

/** How much of what was sent to one client still waits for its line. */
export class LineLag {
  /** In UTF-16 units and bytes, about. */
  waiting = 0;
  private readonly conn: Connection;
  /** What waited when the line was asked to tell when it has left; 0 while it has not been asked. */
  private marked = 0;

  constructor(conn: Connection) {
    this.conn = conn;
  }

  /** Something has been sent. */
  count(size: number): void {
    this.waiting += size;
    if (this.marked === 0 && this.waiting > askedAfterBytes) this.mark();
  }

  private mark(): void {
    this.marked = this.waiting;
    this.conn.transport.afterFlush(this.onFlush);
  }

  private readonly onFlush = (): void => {
    this.waiting -= this.marked;
    this.marked = 0;
    if (this.waiting > askedAfterBytes) this.mark();
  };
}
