import { describe, expect, it } from "vitest";
import { pageTitle, unreadText } from "./page-title.ts";

describe("pageTitle", () => {
  it("begins with what is unread", () => {
    expect(pageTitle("Lobby", 0)).toBe("Lobby · Hawser");
    expect(pageTitle("Lobby", 3)).toBe("(3) Lobby · Hawser");
    expect(unreadText(100)).toBe("99+");
  });
});
