import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatStore } from "./chat-store.ts";
import type { NewMessage } from "./message-store.ts";

const ana = { id: "ana-id", name: "Ana" };
const ben = { id: "ben-id", name: "Ben" };

let folder: string;
let path: string;
let store: ChatStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chat-store-"));
  path = join(folder, "deep", "er", "chat.db");
  store = new ChatStore(path);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function draft(key: string, change: Partial<NewMessage> = {}): NewMessage {
  return { key, room: "lobby", author: ana, sentAt: 1000, text: `text of ${key}`, ...change };
}

function fill(count: number, change: Partial<NewMessage> = {}): number[] {
  return Array.from(
    { length: count },
    (_, i) => store.messages.add(draft(`key-${i}`, change)).message.id,
  );
}

describe("adding messages", () => {
  it("keeps what was said, by whom and when", () => {
    const { message, added } = store.messages.add(draft("k1"));
    expect(added).toBe(true);
    expect(message).toEqual({
      id: 1,
      key: "k1",
      room: "lobby",
      author: ana,
      sentAt: 1000,
      text: "text of k1",
    });
    expect(store.messages.latest("lobby", 10).messages).toEqual([message]);
  });

  it("stores the same key of the same author once, and answers with the first", () => {
    const first = store.messages.add(draft("k1"));
    const again = store.messages.add(draft("k1", { text: "other", sentAt: 9999 }));
    expect(again).toEqual({ message: first.message, added: false });
    expect(store.messages.latest("lobby", 10).messages).toHaveLength(1);
  });

  it("takes the same key from another author", () => {
    store.messages.add(draft("k1"));
    expect(store.messages.add(draft("k1", { author: ben })).added).toBe(true);
  });

  it("keeps a picture byte for byte, once", () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256);
    const picture = { type: "image/png", bytes, width: 30, height: 20 } as const;
    const { message } = store.messages.add(draft("k1", { picture, text: "" }));
    store.messages.add(draft("k1", { picture }));
    expect(message.picture).toEqual({ type: "image/png", bytes: 70_000, width: 30, height: 20 });
    const stored = store.messages.picture(message.id);
    expect(stored?.room).toBe("lobby");
    expect(Buffer.from(stored?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true);
  });

  it("knows no picture of a message without one", () => {
    const { message } = store.messages.add(draft("k1"));
    expect(store.messages.picture(message.id)).toBeUndefined();
    expect(store.messages.picture(99)).toBeUndefined();
  });
});

describe("paging", () => {
  it("gives the newest, and says whether there are older ones", () => {
    const ids = fill(7);
    const page = store.messages.latest("lobby", 3);
    expect(page.messages.map((message) => message.id)).toEqual(ids.slice(4));
    expect(page).toMatchObject({ older: true, newer: false });
    expect(store.messages.latest("lobby", 7)).toMatchObject({ older: false });
  });

  it("walks back without a gap or a repeat", () => {
    const ids = fill(10);
    const walked: number[] = [];
    let page = store.messages.latest("lobby", 3);
    walked.unshift(...page.messages.map((message) => message.id));
    while (page.older) {
      page = store.messages.before("lobby", walked[0] ?? 0, 3);
      walked.unshift(...page.messages.map((message) => message.id));
    }
    expect(walked).toEqual(ids);
  });

  it("gives what came after, in order, and says whether there is more", () => {
    const ids = fill(5);
    const page = store.messages.after("lobby", ids[0] ?? 0, 3);
    expect(page.messages.map((message) => message.id)).toEqual(ids.slice(1, 4));
    expect(page.newer).toBe(true);
    expect(store.messages.after("lobby", ids[3] ?? 0, 3)).toMatchObject({ newer: false });
  });

  it("keeps rooms apart", () => {
    fill(2);
    store.messages.add(draft("x", { room: "other" }));
    expect(store.messages.latest("other", 10).messages.map((message) => message.key)).toEqual([
      "x",
    ]);
    expect(store.messages.after("lobby", 0, 10).messages).toHaveLength(2);
  });

  it("counts what came after, without one's own, up to a bound", () => {
    const [first = 0] = fill(4);
    store.messages.add(draft("b", { author: ben }));
    expect(store.messages.countAfter("lobby", first, 100)).toBe(4);
    expect(store.messages.countAfter("lobby", first, 100, ana.id)).toBe(1);
    expect(store.messages.countAfter("lobby", first, 2)).toBe(2);
  });
});

describe("rooms", () => {
  it("has a lobby from the start", () => {
    expect(store.rooms.room("lobby")).toEqual({ id: "lobby", title: "Lobby" });
  });

  it("names a room that nobody made after its id", () => {
    expect(store.rooms.room("team")).toEqual({ id: "team", title: "team" });
  });

  it("makes rooms with short ids that differ", () => {
    const rooms = [store.rooms.create("Trip"), store.rooms.create("Trip")];
    expect(rooms[0]?.id).toMatch(/^[2-9a-z]{8}$/);
    expect(rooms[0]?.id).not.toBe(rooms[1]?.id);
    expect(store.rooms.room(rooms[1]?.id ?? "")).toEqual(rooms[1]);
  });
});

describe("the file", () => {
  it("has everything after it was opened again, and goes on counting", () => {
    fill(3);
    const room = store.rooms.create("Trip");
    store.close();
    store = new ChatStore(path);
    expect(store.messages.latest("lobby", 10).messages).toHaveLength(3);
    expect(store.rooms.room(room.id)).toEqual(room);
    expect(store.messages.add(draft("later")).message.id).toBe(4);
  });

  it("is not opened when a newer version wrote it", () => {
    store.close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => new ChatStore(path)).toThrow("newer playground");
    store = new ChatStore(":memory:");
  });
});
