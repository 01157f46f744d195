import { beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../../../../../shared/chat/events.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { Outbox } from "./outbox.ts";
import type { PostResult } from "./outbox.ts";

/** A server that is told how to answer, and a browser that keeps what it is given. */
class World {
  readonly posted: string[] = [];
  readonly kept: Map<string, OutboxEntry> = new Map();
  readonly stored: string[] = [];
  readonly waits: number[] = [];
  /** Answers in the order of the posts; without one the message is stored. */
  answers: (PostResult | Promise<PostResult>)[] = [];

  outbox(): Outbox {
    return new Outbox(
      {
        post: async (entry) => {
          this.posted.push(entry.key);
          return this.answers.shift() ?? { kind: "stored", message: messageOf(entry) };
        },
        keep: (entry) => this.kept.set(entry.key, entry),
        drop: (entry) => this.kept.delete(entry.key),
        onStored: (message) => this.stored.push(message.key),
        onChange: () => {},
        wait: async (ms) => {
          this.waits.push(ms);
        },
      },
      Array.from(this.kept.values()),
    );
  }
}

function entry(key: string, writtenAt = 0): OutboxEntry {
  return { key, room: "lobby", text: `text of ${key}`, writtenAt, state: "waiting" };
}

function messageOf({ key, room, text }: OutboxEntry): Message {
  return { id: 1, key, room, text, author: { id: "me", name: "Me" }, sentAt: 0 };
}

/** Until all that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

let world: World;
let outbox: Outbox;

beforeEach(() => {
  world = new World();
  outbox = world.outbox();
});

describe("an outbox", () => {
  it("keeps everything while there is no line, and sends it in order when there is", async () => {
    for (const key of ["a", "b", "c"]) outbox.add(entry(key));
    await settled();
    expect(world.posted).toEqual([]);
    expect(Array.from(world.kept.keys())).toEqual(["a", "b", "c"]);
    outbox.open();
    await settled();
    expect(world.posted).toEqual(["a", "b", "c"]);
    expect(world.stored).toEqual(["a", "b", "c"]);
    expect(world.kept.size).toBe(0);
    expect(outbox.entries).toEqual([]);
  });

  it("has one message on its way at a time", async () => {
    const first = Promise.withResolvers<PostResult>();
    world.answers = [first.promise];
    outbox.open();
    outbox.add(entry("a"));
    outbox.add(entry("b"));
    await settled();
    expect(world.posted).toEqual(["a"]);
    expect(outbox.entries.map(({ state }) => state)).toEqual(["sending", "waiting"]);
    first.resolve({ kind: "stored", message: messageOf(entry("a")) });
    await settled();
    expect(world.posted).toEqual(["a", "b"]);
  });

  it("sends again, under the same key and before the next, what got no answer", async () => {
    const cut = Promise.withResolvers<PostResult>();
    world.answers = [cut.promise];
    outbox.open();
    outbox.add(entry("a"));
    outbox.add(entry("b"));
    await settled();
    outbox.shut();
    cut.resolve({ kind: "lost" });
    await settled();
    expect(world.posted).toEqual(["a"]);
    expect(world.kept.get("a")?.state).toBe("waiting");
    outbox.open();
    await settled();
    expect(world.posted).toEqual(["a", "a", "b"]);
    expect(world.stored).toEqual(["a", "b"]);
  });

  it("tries again by itself when an answer is missing and the line is still there", async () => {
    world.answers = [{ kind: "lost" }];
    outbox.open();
    outbox.add(entry("a"));
    await settled();
    expect(world.waits).toEqual([1000]);
    expect(world.stored).toEqual(["a"]);
  });

  it("slows down when it is told to", async () => {
    world.answers = [{ kind: "later", afterMs: 300 }];
    outbox.open();
    outbox.add(entry("a"));
    await settled();
    expect(world.waits).toEqual([300]);
    expect(world.posted).toEqual(["a", "a"]);
  });

  it("shows what was refused, and goes on with the rest", async () => {
    world.answers = [{ kind: "refused", text: "too long" }];
    outbox.open();
    outbox.add(entry("a"));
    outbox.add(entry("b"));
    await settled();
    expect(outbox.entries).toMatchObject([{ key: "a", state: "failed", error: "too long" }]);
    expect(world.stored).toEqual(["b"]);
    outbox.retry("a");
    await settled();
    expect(world.stored).toEqual(["b", "a"]);
  });

  it("forgets what is discarded", async () => {
    outbox.add(entry("a"));
    outbox.discard("a");
    outbox.discard("a");
    outbox.open();
    await settled();
    expect(world.posted).toEqual([]);
    expect(world.kept.size).toBe(0);
  });

  it("goes on after a reload, oldest first, also with what was being sent", async () => {
    world.kept.set("b", { ...entry("b", 2), state: "waiting" });
    world.kept.set("a", { ...entry("a", 1), state: "sending" });
    world.kept.set("c", { ...entry("c", 3), state: "failed", error: "why" });
    const next = world.outbox();
    next.open();
    await settled();
    expect(world.posted).toEqual(["a", "b"]);
    expect(next.entries.map(({ key }) => key)).toEqual(["c"]);
  });
});
