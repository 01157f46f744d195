import type { Message, Page } from "../../../../../shared/chat/events.ts";

/** What the page knows of one room's messages: in order, each once. */
export interface Timeline {
  readonly messages: readonly Message[];
  /** From where on older ones can be fetched; absent when there are none. */
  readonly older: number | undefined;
}

export const emptyTimeline: Timeline = { messages: [], older: undefined };

/** The newest message. */
export function newestId(timeline: Timeline): number | undefined {
  return timeline.messages.at(-1)?.id;
}

/** The newest page of a room of which no page was known; what was replayed before it stays. */
export function withFirst(timeline: Timeline, page: Page): Timeline {
  return { messages: merge(page.messages, timeline.messages), older: page.older };
}

/** The newest page again; what lies between is replayed. */
export function withNewest(timeline: Timeline, page: Page): Timeline {
  return { ...timeline, messages: merge(timeline.messages, page.messages) };
}

/** A page from before the first message. */
export function withOlder(timeline: Timeline, page: Page): Timeline {
  return { messages: merge(page.messages, timeline.messages), older: page.older };
}

/** A message that came live or was replayed, or the answer to one of our own. */
export function withLive(timeline: Timeline, message: Message): Timeline {
  return { ...timeline, messages: merge(timeline.messages, [message]) };
}

function merge(left: readonly Message[], right: readonly Message[]): readonly Message[] {
  if (right.length === 0) return left;
  if (left.length === 0) return right;
  const last = left.at(-1) as Message;
  const first = right[0] as Message;
  if (last.id < first.id) return [...left, ...right];
  const byId = new Map<number, Message>();
  for (const message of right) byId.set(message.id, message);
  // The message that is known stays the same object, so that it is not drawn again.
  for (const message of left) byId.set(message.id, message);
  return Array.from(byId.values()).toSorted((a, b) => a.id - b.id);
}
