import { describe, expect, it } from "vitest";
import { placeOf } from "./paths.ts";

describe("placeOf", () => {
  it.each([
    ["/hawser/publish", "/publish", ""],
    ["/hawser/rooms?limit=1", "/rooms", ""],
    ["/hawser/rooms/a%2Fb?x", "/rooms/{name}", "a%2Fb"],
    ["/hawser/rooms/%7Bname%7D", "/rooms/{name}", "%7Bname%7D"],
    ["/hawser/rooms/{name}", "/rooms/{name}", "{name}"],
    ["/hawser/sockets/__proto__", "/sockets/{name}", "__proto__"],
  ])("%s", (url, path, part) => {
    expect(placeOf(url, "/hawser")).toEqual({ path, part });
  });

  it.each([
    undefined,
    "/hawser",
    "/hawser/",
    "/hawser/ws",
    "/hawser/publish/",
    "/hawser/publish/x",
    "/hawser/rooms/",
    "/hawser/rooms/a/b",
    "/hawserpublish",
    "/other/publish",
    "/hawser/constructor",
    "/hawser/toString/x",
  ])("leaves %s to others", (url) => {
    expect(placeOf(url, "/hawser")).toBeUndefined();
  });
});
