import type { Connection } from "@hawser/engine";
import type { Outgoing } from "@hawser/engine/internal";
import type { ServerPressure } from "./server-pressure.ts";

/** Keys that are held back for one line; with more, the oldest value is dropped. */
const heldMax = 1_024;

/** What waits for one client, and what is done when that is too much. */
export class LinePressure {
  /** What waits, with what is held back. */
  bytes = 0;
  private readonly conn: Connection;
  private readonly server: ServerPressure;
  private messages = 0;
  /** By key, the newest value, which goes when the line is ready. */
  private readonly held: Map<string, Outgoing> = new Map();
  private heldBytes = 0;
  /** What waited when the line was last asked to tell when that has left. */
  private marked = 0;
  private markedMessages = 0;
  private isMarked = false;

  constructor(conn: Connection, server: ServerPressure) {
    this.conn = conn;
    this.server = server;
  }

  /** Sends a message, unless too much waits. */
  write(outgoing: Outgoing, isVolatile: boolean): void {
    const { bytesMax, messagesMax, processBytesMax } = this.server.bounds;
    const { size } = outgoing;
    // However large, a message may go to a client that has taken all before it.
    const isTooMuch =
      this.messages > 0 && (this.bytes + size > bytesMax || this.messages >= messagesMax);
    if (isTooMuch || size > processBytesMax) this.refuse(isVolatile);
    else if (this.server.makeRoom(size, isVolatile)) this.send(outgoing);
  }

  /** Sends a message, however much waits. */
  send(outgoing: Outgoing): void {
    if (this.conn.readyState !== "open") return;
    this.messages++;
    this.count(outgoing.size);
    this.conn.sendOutgoing(outgoing);
    this.mark();
  }

  /** Sends a value now, or when the line is ready, unless a newer one of its key has come by then. */
  writeLatest(outgoing: Outgoing, key: string): void {
    if (this.conn.readyState !== "open") return;
    const before = this.held.get(key);
    if (before === undefined && this.messages === 0 && this.conn.writable) {
      this.write(outgoing, false);
      return;
    }
    const { counters } = this.server;
    if (before !== undefined) {
      counters.conflated++;
      this.letGo(key, before);
    }
    if (!this.server.makeRoom(outgoing.size, false) || this.conn.readyState !== "open") return;
    this.held.set(key, outgoing);
    this.heldBytes += outgoing.size;
    this.count(outgoing.size);
    if (this.held.size > heldMax) {
      const [oldest, value] = this.held.entries().next().value!;
      this.letGo(oldest, value);
      counters.dropped++;
    }
    this.mark();
  }

  giveUpHeld(): number {
    const { size } = this.held;
    for (const [key, value] of this.held) this.letGo(key, value);
    return size;
  }

  overflow(): void {
    this.conn.overflow();
  }

  /** The line has gone. */
  end(): void {
    this.held.clear();
    this.heldBytes = 0;
    this.messages = 0;
    this.marked = 0;
    this.markedMessages = 0;
    this.count(-this.bytes);
  }

  private refuse(isVolatile: boolean): void {
    const { bounds, counters } = this.server;
    if (isVolatile || bounds.drops) {
      counters.dropped++;
      return;
    }
    counters.disconnected++;
    this.conn.overflow();
  }

  /** Asks the line, unless it has been asked already. */
  private mark(): void {
    if (this.isMarked || this.conn.readyState !== "open") return;
    this.isMarked = true;
    this.marked = this.bytes - this.heldBytes;
    this.markedMessages = this.messages;
    this.conn.transport.afterFlush(this.onFlush);
  }

  private readonly onFlush = (): void => {
    this.isMarked = false;
    this.count(-this.marked);
    this.messages -= this.markedMessages;
    this.marked = 0;
    this.markedMessages = 0;
    const values = [...this.held.values()];
    this.giveUpHeld();
    for (const value of values) this.write(value, false);
    if (this.messages > 0) this.mark();
  };

  private letGo(key: string, value: Outgoing): void {
    this.held.delete(key);
    this.heldBytes -= value.size;
    this.count(-value.size);
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    this.server.counters.bytes += bytes;
    if (this.bytes > 0) this.server.lines.add(this);
    else this.server.lines.delete(this);
  }
}
