import type { Message, Page } from "../../../../../shared/chat/events.ts";

/** What the page knows of one room's messages: a stretch without gaps, in order, each once. */
export interface Timeline {
  readonly messages: readonly Message[];
  /** There are messages before the first that are not here. */
  readonly older: boolean;
  /** Arrived live while a gap before them is still being filled; they join when it is. */
  readonly held: readonly Message[] | undefined;
}

export const emptyTimeline: Timeline = { messages: [], older: false, held: undefined };

/** The newest message up to which nothing is missing. */
export function newestId(timeline: Timeline): number | undefined {
  return timeline.messages.at(-1)?.id;
}

/** Start again from the newest page. */
export function withLatest(timeline: Timeline, page: Page): Timeline {
  return {
    messages: merge(page.messages, timeline.held ?? []),
    older: page.older,
    held: undefined,
  };
}

/** A page from before the first message. */
export function withOlder(timeline: Timeline, page: Page): Timeline {
  return { ...timeline, messages: merge(page.messages, timeline.messages), older: page.older };
}

/** A page of what was missed. Until its last part has come (`newer` false), live messages are held back. */
export function withMissed(timeline: Timeline, page: Page): Timeline {
  const messages = merge(timeline.messages, page.messages);
  if (page.newer) return { ...timeline, messages, held: timeline.held ?? [] };
  return { ...timeline, messages: merge(messages, timeline.held ?? []), held: undefined };
}

/** The line is lost: from now on there may be a gap, and what was held behind one is fetched again. */
export function withGap(timeline: Timeline): Timeline {
  return { ...timeline, held: [] };
}

/** A message that came live, or the answer to one of our own. */
export function withLive(timeline: Timeline, message: Message): Timeline {
  if (timeline.held !== undefined) return { ...timeline, held: merge(timeline.held, [message]) };
  return { ...timeline, messages: merge(timeline.messages, [message]) };
}

/** Lets go of old messages, once nobody looks at them; they can be fetched again. */
export function trimmed(timeline: Timeline, count: number): Timeline {
  if (timeline.messages.length <= count * 2) return timeline;
  return { ...timeline, messages: timeline.messages.slice(-count), older: true };
}

function merge(left: readonly Message[], right: readonly Message[]): readonly Message[] {
  if (right.length === 0) return left;
  if (left.length === 0) return right;
  const last = left.at(-1) as Message;
  const first = right[0] as Message;
  if (last.id < first.id) return [...left, ...right];
  const byId = new Map<number, Message>();
  for (const message of left) byId.set(message.id, message);
  for (const message of right) byId.set(message.id, message);
  return Array.from(byId.values()).toSorted((a, b) => a.id - b.id);
}
