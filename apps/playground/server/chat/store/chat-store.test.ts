import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatStore } from "./chat-store.ts";

const ana = "ana-id";
const ben = "ben-id";

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

describe("pictures", () => {
  it("keeps one byte for byte, once, and knows no others", () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256);
    const picture = { author: ana, key: "k1", room: "lobby", bytes };
    store.pictures.add(picture);
    store.pictures.add({ ...picture, room: "other", bytes: new Uint8Array(1) });
    const stored = store.pictures.find(ana, "k1");
    expect(stored?.room).toBe("lobby");
    expect(Buffer.from(stored?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true);
    expect(store.pictures.find(ben, "k1")).toBeUndefined();
  });
});

describe("what was seen", () => {
  it("goes forwards only, and is that of the others", () => {
    expect(store.seen.mark("lobby", ana, 5)).toBe(true);
    expect(store.seen.mark("lobby", ana, 5)).toBe(false);
    expect(store.seen.mark("lobby", ana, 3)).toBe(false);
    store.seen.mark("lobby", ben, 4);
    store.seen.mark("other", ben, 9);
    expect(store.seen.byOthers("lobby", ana)).toBe(4);
    expect(store.seen.byOthers("lobby", ben)).toBe(5);
    expect(store.seen.byOthers("nowhere", ben)).toBe(0);
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
  it("has everything after it was opened again", () => {
    store.seen.mark("lobby", ana, 7);
    const room = store.rooms.create("Trip");
    store.close();
    store = new ChatStore(path);
    expect(store.seen.byOthers("lobby", ben)).toBe(7);
    expect(store.rooms.room(room.id)).toEqual(room);
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
