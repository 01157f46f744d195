import { LineLag } from "./line-lag.ts";
import { Replay } from "./replay.ts";
import type { Outgoing } from "@hawser/engine/internal";
import type { AnySocket } from "../erased.ts";
import type { DeliveryCounters } from "./counters.ts";
import type { DurableMessage, MessageContent } from "./durable-message.ts";
import type { Ledger } from "./ledger.ts";
import type { LogRecord, Span } from "./log.ts";
import type { PageBounds, ReplayTarget } from "./replay.ts";
import type { Stays } from "./stays.ts";

/** What lines need of the server's delivery. */
export interface LineHost {
  readonly ledger: Ledger;
  readonly counters: DeliveryCounters;
  readonly pageBounds: PageBounds;
  /** What may wait for the line of one client before it is given the rest from the log, in bytes. */
  readonly lagBytesMax: number;
  message(offset: number, content: MessageContent): DurableMessage;
  report(error: unknown): void;
}

/** The way of logged messages to one socket: what it missed, from the log, then what comes, as long as its line takes it. */
export abstract class LogLine implements ReplayTarget {
  abstract readonly keepsEvents: boolean;
  /** Whether it has been given all that it missed. */
  live = false;
  protected readonly host: LineHost;
  protected readonly socket: AnySocket;
  /** The socket has gone. */
  protected ended = false;
  /** It has gone, but the client does not know it: it is sent what was emitted before. */
  protected leaving = false;
  /** Up to where it has been sent everything; valid once live. */
  private at = 0;
  private replay: Replay | undefined = undefined;
  private readonly line: LineLag;

  constructor(host: LineHost, socket: AnySocket) {
    this.host = host;
    this.socket = socket;
    this.line = new LineLag(socket.conn);
  }

  /** False once it is not to be given anything more. */
  abstract get alive(): boolean;
  /** When it was in which rooms. */
  protected abstract get stays(): Stays;
  protected abstract get namespace(): string;
  protected abstract formOf(message: DurableMessage): Outgoing;
  /** Called by the replay. */
  abstract onGap(span: Span): void;
  protected onCaughtUp(_offset: number): void {}

  deliver(message: DurableMessage): void {
    if (!this.live || (this.ended && !this.leaving) || message.offset <= this.at) return;
    if (this.line.waiting > this.host.lagBytesMax) {
      this.fallBehind();
      return;
    }
    this.at = message.offset;
    this.host.counters.sent++;
    this.socket.notifyOutgoingListeners(message);
    const outgoing = this.formOf(message);
    this.socket.client.writePaced(outgoing);
    this.line.count(outgoing.size);
  }

  inOrder(send: () => void): void {
    if (this.keepsEvents) this.host.ledger.timeline.afterTail(send);
    else send();
  }

  // What follows is called by the replay.

  onMissed(record: LogRecord): void {
    this.host.counters.replayed++;
    this.socket.client.writePaced(this.formOf(this.host.message(record.offset, record)));
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.socket.conn.transport.afterFlush(() => resolve()));
  }

  onLive(offset: number): void {
    this.live = true;
    this.at = offset;
    this.onCaughtUp(offset);
  }

  /** What is emitted from now on is for it, too. */
  protected prepare(): void {
    const { ledger, pageBounds } = this.host;
    this.replay = new Replay(ledger.log, ledger.timeline, this.namespace, this.stays, pageBounds);
  }

  /** Gives it what it missed after an offset; {@link prepare} has been called. */
  protected async catchUp(after: number): Promise<void> {
    try {
      await this.replay!.run(after, this);
    } catch (error) {
      // The log cannot be read: its client comes again.
      this.host.counters.logErrors++;
      this.host.report(error);
      if (this.alive) this.socket.client._loseSession();
    }
  }

  /** Its line does not take what comes: it is given that page by page, from the log, as if it had been away. */
  private fallBehind(): void {
    this.live = false;
    this.host.counters.laggards++;
    this.prepare();
    void this.drained().then(() => this.catchUp(this.at));
  }
}
