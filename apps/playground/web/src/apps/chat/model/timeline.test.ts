import { describe, expect, it } from "vitest";
import type { Message, Page } from "../../../../../shared/chat/events.ts";
import { emptyTimeline, newestId, withFirst, withLive, withNewest, withOlder } from "./timeline.ts";
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

function page(ids: number[], older?: number): Page {
  return { messages: ids.map(message), ...(older !== undefined && { older }) };
}

function idsOf(timeline: Timeline): number[] {
  return timeline.messages.map(({ id }) => id);
}

describe("a timeline", () => {
  it("begins with the newest page and grows at both ends", () => {
    let timeline = withFirst(emptyTimeline, page([7, 9], 6));
    expect(timeline.older).toBe(6);
    timeline = withLive(timeline, message(12));
    timeline = withOlder(timeline, page([3, 5]));
    expect(idsOf(timeline)).toEqual([3, 5, 7, 9, 12]);
    expect(timeline.older).toBeUndefined();
    expect(newestId(timeline)).toBe(12);
  });

  it("has each message once and in order, however they come", () => {
    let timeline = withFirst(emptyTimeline, page([1, 2, 3]));
    for (const id of [6, 5, 5, 3, 6]) timeline = withLive(timeline, message(id));
    timeline = withOlder(timeline, page([1, 2]));
    expect(idsOf(timeline)).toEqual([1, 2, 3, 5, 6]);
  });

  it("keeps what was replayed before the first page came", () => {
    const timeline = withFirst(withLive(emptyTimeline, message(2)), page([7, 9], 6));
    expect(idsOf(timeline)).toEqual([2, 7, 9]);
    expect(timeline.older).toBe(6);
  });

  it("takes the newest page in again, and still knows where older ones are", () => {
    let timeline = withFirst(emptyTimeline, page([3, 4], 2));
    const [, four] = timeline.messages;
    timeline = withNewest(timeline, page([4, 8, 9], 3));
    timeline = withLive(timeline, message(5));
    expect(idsOf(timeline)).toEqual([3, 4, 5, 8, 9]);
    expect(timeline.older).toBe(2);
    expect(timeline.messages[1]).toBe(four);
  });
});
