import { noBounds } from "./options.ts";
import type { PressureBounds } from "./options.ts";

/** What has been done about clients that do not read; counts since the start. */
export interface PressureCounters {
  /** Bytes that wait now, of lines that are watched: all with the option `pressure`, else those that `latest` was used on. */
  readonly bytes: number;
  /** Messages that were not sent to a client, for which too much waited. */
  readonly dropped: number;
  /** Clients that were disconnected, since too much waited for them. */
  readonly disconnected: number;
  /** Values of `latest` in whose place a newer one was sent. */
  readonly conflated: number;
  /** What was done since too much waited for all of them together. */
  readonly shed: {
    readonly volatile: number;
    readonly conflated: number;
    readonly disconnected: number;
  };
}

/** A client's line, as the whole looks at it. */
interface Line {
  /** What waits for it. */
  readonly bytes: number;
  /** Lets go what it holds back; returns how many messages that were. */
  giveUpHeld(): number;
  overflow(): void;
}

type Counters = { -readonly [Key in Exclude<keyof PressureCounters, "shed">]: number } & {
  shed: { -readonly [Key in keyof PressureCounters["shed"]]: number };
};

/** After shedding this much of the ceiling is in use, so that the next message does not shed again. */
const restShare = 0.9;

/** What waits for all clients of a server. */
export class ServerPressure {
  readonly bounds: PressureBounds;
  /** Whether every line is watched from its beginning. */
  readonly watchesAll: boolean;
  readonly counters: Counters = {
    bytes: 0,
    dropped: 0,
    disconnected: 0,
    conflated: 0,
    shed: { volatile: 0, conflated: 0, disconnected: 0 },
  };
  /** Lines for which something waits. */
  readonly lines: Set<Line> = new Set();

  constructor(bounds: PressureBounds | undefined) {
    this.bounds = bounds ?? noBounds;
    this.watchesAll = bounds !== undefined;
  }

  /** Sees to it that a message fits under the ceiling; false: it is to be dropped. */
  makeRoom(size: number, isVolatile: boolean): boolean {
    const { bounds, counters, lines } = this;
    const max = bounds.processBytesMax;
    if (counters.bytes + size <= max) return true;
    if (isVolatile) {
      counters.shed.volatile++;
      return false;
    }
    for (const line of lines) counters.shed.conflated += line.giveUpHeld();
    if (counters.bytes + size <= max) return true;
    const rest = Math.max(0, max * restShare - size);
    for (const line of [...lines].toSorted((a, b) => b.bytes - a.bytes)) {
      if (counters.bytes <= rest) break;
      counters.shed.disconnected++;
      line.overflow();
    }
    return true;
  }
}
