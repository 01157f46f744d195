import { describe, expect, it } from "vitest";
import { isMessage, publishedMessage } from "./published.ts";

const place = { offset: 7, room: "lobby", atMs: 1000 };

describe("what another backend publishes", () => {
  it("becomes a message between those of the chat", () => {
    const message = publishedMessage({ text: " hi ", author: { name: "cron", id: "x" } }, place);
    expect(message).toMatchObject({ id: 6.5, text: " hi", sentAt: 1000 });
    expect(message?.author).toEqual({ id: "http cron", name: "cron", wire: "http" });
    expect(isMessage(message)).toBe(true);
  });

  it("has a name in any case", () => {
    expect(publishedMessage({ text: "hi" }, place)?.author.name).toBe("HTTP");
    expect(publishedMessage({ text: "hi", author: { name: {} } }, place)?.author.name).toBe("HTTP");
  });

  it.each([undefined, null, 7, "text", {}, { text: 7 }, { text: " " }, [{}]])(
    "is nothing when it is %j",
    (raw) => {
      expect(publishedMessage(raw, place)).toBeUndefined();
      expect(isMessage(raw)).toBe(false);
    },
  );
});
