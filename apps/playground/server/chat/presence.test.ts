import { describe, expect, it } from "vitest";
import { Presence } from "./presence.ts";

const ana = { id: "a", name: "Ana" };

describe("Presence", () => {
  it("tells of a person once, however many windows they have", () => {
    const presence = new Presence();
    expect(presence.enter("lobby", ana, "window 1")).toBe(true);
    expect(presence.enter("lobby", ana, "window 2")).toBe(false);
    expect(presence.members("lobby")).toEqual([ana]);
    expect(presence.leave("lobby", "a", "window 1")).toBe(false);
    expect(presence.members("lobby")).toEqual([ana]);
    expect(presence.leave("lobby", "a", "window 2")).toBe(true);
    expect(presence.members("lobby")).toEqual([]);
  });

  it("tells of a new name", () => {
    const presence = new Presence();
    presence.enter("lobby", ana, "window 1");
    expect(presence.enter("lobby", { id: "a", name: "Anna" }, "window 1")).toBe(true);
    expect(presence.members("lobby")).toEqual([{ id: "a", name: "Anna" }]);
  });

  it("keeps rooms apart, and does not mind whoever was not there", () => {
    const presence = new Presence();
    presence.enter("lobby", ana, "window 1");
    expect(presence.members("other")).toEqual([]);
    expect(presence.leave("other", "a", "window 1")).toBe(false);
    expect(presence.leave("lobby", "a", "window 9")).toBe(false);
    expect(presence.members("lobby")).toHaveLength(1);
  });
});
