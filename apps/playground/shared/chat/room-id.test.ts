import { describe, expect, it } from "vitest";
import { isRoomId, roomOfQuery, pathOfRoom, roomOfLink, roomOfPath } from "./room-id.ts";

describe("room ids", () => {
  it.each([["lobby"], ["a"], ["a-b-1"], ["x".repeat(40)]])("takes %j", (id) => {
    expect(isRoomId(id)).toBe(true);
    expect(roomOfPath(pathOfRoom(id))).toBe(id);
  });

  it.each([
    [""],
    ["-a"],
    ["a-"],
    ["A"],
    ["a b"],
    ["a/b"],
    [".."],
    ["ä"],
    ["x".repeat(41)],
    [1],
    [null],
    [["a"]],
  ])("refuses %j", (id) => {
    expect(isRoomId(id)).toBe(false);
  });

  it("reads paths, forgiving a slash and capitals", () => {
    expect(roomOfPath("/r/Lobby/")).toBe("lobby");
    expect(roomOfPath("/r/")).toBeUndefined();
    expect(roomOfPath("/r/a/b")).toBeUndefined();
    expect(roomOfPath("/x/a")).toBeUndefined();
  });

  it("reads links as people paste them", () => {
    expect(roomOfLink(" http://192.168.0.4:3000/r/e4jd88zm?x#y ")).toBe("e4jd88zm");
    expect(roomOfLink("/r/lobby")).toBe("lobby");
    expect(roomOfLink("http://[")).toBeUndefined();
  });
});

describe("the room of a query", () => {
  it("is the lobby unless it is named", () => {
    expect(roomOfQuery({ room: "harbour" })).toBe("harbour");
    expect(roomOfQuery({ room: "../x" })).toBe("lobby");
    expect(roomOfQuery({ room: ["a", "b"] })).toBe("lobby");
    expect(roomOfQuery({})).toBe("lobby");
  });
});
