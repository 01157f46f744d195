import { ServerError } from "../errors.ts";
import { decodeEvent } from "./durable-message.ts";
import type { Position } from "@hawser/protocol/internal";
import type { BroadcastOptions } from "../adapter/types.ts";
import type { Log, LogRecord } from "./log.ts";

/** A durable message that was said earlier. */
export interface PastEvent {
  readonly position: Position;
  /** When it was said, in ms since the epoch. */
  readonly atMs: number;
  readonly event: string;
  readonly args: unknown[];
}

/** A page of what was said. */
export interface History {
  /** The newest last. */
  readonly events: PastEvent[];
  /** For the page before this one; undefined when there is none. */
  readonly before: Position | undefined;
}

/** How much is read. */
export interface HistoryOptions {
  /** Messages of a page. Default 50, at most 1000. */
  readonly limit?: number | undefined;
  /** Only what was said before this; absent: from the newest on. */
  readonly before?: Position | undefined;
}

const limitDefault = 50;
const limitMax = 1_000;

/** Reads backwards through what was said to rooms, or to the whole namespace. */
export async function readHistory(
  log: Log,
  epoch: string,
  namespace: string,
  { rooms }: BroadcastOptions,
  { limit = limitDefault, before }: HistoryOptions,
): Promise<History> {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > limitMax) {
    throw new ServerError("OPTION_INVALID", `option limit is ${limit}; expected 1 to ${limitMax}`);
  }
  if (before !== undefined && before.epoch !== epoch) throw new ServerError("POSITION_UNKNOWN");
  const bound = before === undefined ? {} : { before: before.offset };
  const asked = rooms.size === 0 ? [undefined] : [...rooms];
  const pages = await Promise.all(
    asked.map((room) => log.history({ namespace, room, limit, ...bound })),
  );
  const byOffset = new Map<number, LogRecord>();
  for (const { records } of pages)
    for (const record of records) byOffset.set(record.offset, record);
  const all = [...byOffset.values()].toSorted((a, b) => a.offset - b.offset);
  const records = all.slice(-limit);
  const isStart = records.length === all.length && pages.every(({ atStart }) => atStart);
  return {
    events: records.map((record) => pastEvent(record, epoch)),
    before: isStart || records.length === 0 ? undefined : { epoch, offset: records[0]!.offset },
  };
}

function pastEvent(record: LogRecord, epoch: string): PastEvent {
  const [event, ...args] = decodeEvent(record);
  return {
    position: { epoch, offset: record.offset },
    atMs: record.atMs,
    event: String(event),
    args,
  };
}
