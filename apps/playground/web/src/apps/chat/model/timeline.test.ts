import { describe, expect, it } from "vitest";
import type { Message, Page } from "../../../../../shared/chat/events.ts";
import {
  emptyTimeline,
  newestId,
  trimmed,
  withGap,
  withLatest,
  withLive,
  withMissed,
  withOlder,
} from "./timeline.ts";
import type { Timeline } from "./timeline.ts";

function message(id: number): Message {
  return {
    id,
    key: `key-${id}`,
    room: "lobby",
    author: { id: "a", name: "Ana" },
    sentAt: id,
    text: `text ${id}`,
  };
}

function page(ids: number[], ends: { older?: boolean; newer?: boolean } = {}): Page {
  return { messages: ids.map(message), older: false, newer: false, ...ends };
}

function idsOf(timeline: Timeline): number[] {
  return timeline.messages.map(({ id }) => id);
}

describe("a timeline", () => {
  it("begins with the newest page and grows at both ends", () => {
    let timeline = withLatest(emptyTimeline, page([7, 9], { older: true }));
    timeline = withLive(timeline, message(12));
    timeline = withOlder(timeline, page([3, 5]));
    expect(idsOf(timeline)).toEqual([3, 5, 7, 9, 12]);
    expect(timeline.older).toBe(false);
    expect(newestId(timeline)).toBe(12);
  });

  it("has each message once and in order, however they come", () => {
    let timeline = withLatest(emptyTimeline, page([1, 2, 3]));
    for (const id of [6, 5, 5, 3, 6]) timeline = withLive(timeline, message(id));
    timeline = withOlder(timeline, page([1, 2]));
    expect(idsOf(timeline)).toEqual([1, 2, 3, 5, 6]);
  });

  it("fills a gap in order, and holds live messages back until then", () => {
    let timeline = withGap(withLatest(emptyTimeline, page([1, 2])));
    timeline = withMissed(timeline, page([3, 4], { newer: true }));
    timeline = withLive(timeline, message(9));
    expect(idsOf(timeline)).toEqual([1, 2, 3, 4]);
    expect(newestId(timeline)).toBe(4);
    timeline = withMissed(timeline, page([5, 6], { newer: true }));
    timeline = withMissed(timeline, page([7, 9]));
    expect(idsOf(timeline)).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
    timeline = withLive(timeline, message(10));
    expect(newestId(timeline)).toBe(10);
  });

  it("forgets what was held when the line is lost again: it is fetched anew", () => {
    let timeline = withGap(withLatest(emptyTimeline, page([1])));
    timeline = withMissed(timeline, page([2], { newer: true }));
    timeline = withGap(withLive(timeline, message(9)));
    timeline = withMissed(timeline, page([3, 4]));
    expect(idsOf(timeline)).toEqual([1, 2, 3, 4]);
  });

  it("starts again after a gap that is too long", () => {
    const timeline = withLatest(
      withGap(withLatest(emptyTimeline, page([1, 2]))),
      page([900, 901], { older: true }),
    );
    expect(idsOf(timeline)).toEqual([900, 901]);
    expect(timeline).toMatchObject({ older: true, held: undefined });
  });

  it("lets go of the old end only when it has become long", () => {
    const timeline = withLatest(emptyTimeline, page([1, 2, 3, 4, 5]));
    expect(trimmed(timeline, 3)).toBe(timeline);
    expect(trimmed(timeline, 2)).toMatchObject({ older: true });
    expect(idsOf(trimmed(timeline, 2))).toEqual([4, 5]);
  });
});
