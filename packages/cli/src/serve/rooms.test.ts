import { describe, expect, it } from "vitest";
import { mayEnter } from "./rooms.ts";

const ann = { user: "ann", id: "s1" };

describe("patterns of rooms", () => {
  it.each([
    ["public:*", "public:a", true],
    ["public:*", "public:a:b", false],
    ["public:*", "public:a/b", false],
    ["public:**", "public:a:b/c", true],
    ["user:{user}", "user:ann", true],
    ["user:{user}", "user:bob", false],
    ["user:{user}:*", "user:ann:inbox", true],
    ["socket:{id}", "socket:s1", true],
    ["a.c", "abc", false],
    ["lobby", "lobby", true],
    ["lobby", "lobby2", false],
  ])("%s and %s: %s", (pattern, room, expected) => {
    expect(mayEnter([pattern], room, ann)).toBe(expected);
  });

  it("with {user} name nothing for a nobody, and a name is no pattern", () => {
    expect(mayEnter(["user:{user}"], "user:undefined", { user: undefined, id: "s" })).toBe(false);
    expect(mayEnter(["user:{user}"], "user:bob", { user: "*", id: "s" })).toBe(false);
    expect(mayEnter(["user:{user}"], "user:.*", { user: ".*", id: "s" })).toBe(true);
  });
});
