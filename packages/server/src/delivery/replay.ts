import type { Log, LogRecord, Span } from "./log.ts";
import type { Stays } from "./stays.ts";
import type { Timeline } from "./timeline.ts";

/** Whom a replay is for. */
export interface ReplayTarget {
  /** False once the line has gone, or another one has taken the session. */
  readonly alive: boolean;
  /** A message that it has missed. */
  onMissed(record: LogRecord): void;
  /** Something that it has missed is no longer there. */
  onGap(span: Span): void;
  /** Ends when what was sent has left for the network; need not end when the line has gone. */
  drained(): Promise<void>;
  /** It has all up to here, and what comes now may be sent as it comes. */
  onLive(offset: number): void;
}

/** How much is read at once; the next page is read when the line has taken this one. */
export interface PageBounds {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Gives one session what it missed, page by page, and lets it go live at a moment at which nothing lies between what
 * it was given and what it will be sent.
 */
export class Replay {
  private readonly log: Pick<Log, "read">;
  private readonly timeline: Timeline;
  private readonly namespace: string;
  private readonly stays: Stays;
  private readonly bounds: PageBounds;
  /** It was not among the recipients of messages up to here: they come by the log. */
  private readonly emittedBefore: number;

  constructor(
    log: Pick<Log, "read">,
    timeline: Timeline,
    namespace: string,
    stays: Stays,
    bounds: PageBounds,
  ) {
    this.log = log;
    this.timeline = timeline;
    this.namespace = namespace;
    this.stays = stays;
    this.bounds = bounds;
    this.emittedBefore = timeline.tail;
  }

  /** @param after up to where the client has everything */
  async run(after: number, target: ReplayTarget): Promise<void> {
    const { timeline } = this;
    let at = after;
    while (target.alive) {
      if (at >= timeline.settled) {
        if (at >= this.emittedBefore || timeline.settled === timeline.tail) {
          target.onLive(at);
          return;
        }
        // What was emitted before it came is still on its way into the log.
        await new Promise<void>((resolve) => timeline.afterTail(resolve));
        continue;
      }
      const { settled } = timeline;
      const page = await this.log.read({
        namespace: this.namespace,
        spans: this.stays.spans(at),
        after: at,
        limit: this.bounds.messages,
        bytes: this.bounds.bytes,
      });
      if (!target.alive) return;
      for (const span of page.missing) target.onGap(span);
      // What the log has, but has not been sent to anyone yet, comes as it is sent.
      const sent = timeline.settled;
      for (const record of page.records) {
        if (record.offset > sent) break;
        if (this.stays.covers(record.offset, record.rooms, record.except)) target.onMissed(record);
      }
      at = Math.min(page.atEnd ? Math.max(page.upTo, settled) : page.upTo, sent);
      if (page.records.length > 0) await target.drained();
    }
  }
}
