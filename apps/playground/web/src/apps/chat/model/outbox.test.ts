import { DeliveryError } from "@hawser/client/durable";
import { beforeEach, describe, expect, it } from "vitest";
import type { Draft, Message } from "../../../../../shared/chat/events.ts";
import type { ChatSocket } from "./chat-requests.ts";
import { Outbox } from "./outbox.ts";

interface Kept {
  readonly id: number;
  readonly args: readonly [Draft];
  state: "waiting" | "sent";
  readonly settled: Promise<unknown>;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The durable half of a socket, whose server answers when it is told to. */
class FakeSocket {
  kept: Kept[] = [];
  readonly emitted: Draft[] = [];
  change: () => void = () => {};
  readonly durable = {
    emit: (_: string, draft: Draft): Promise<unknown> => {
      this.emitted.push(draft);
      return this.keep(draft);
    },
  };
  readonly outbox = {
    on: (_: string, listener: () => void) => (this.change = listener),
    ready: Promise.resolve(),
    cancel: (id: number) => {
      const entry = this.kept.find((other) => other.id === id);
      entry?.reject(new DeliveryError("CANCELLED", "no"));
    },
  };

  constructor() {
    Object.defineProperty(this.outbox, "entries", { get: () => this.kept });
  }

  keep(draft: Draft): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.emitted.length + 100;
    const entry: Kept = { id, args: [draft], state: "waiting", settled: promise, resolve, reject };
    this.kept.push(entry);
    const gone = (): void => {
      this.kept = this.kept.filter((other) => other !== entry);
      this.change();
    };
    promise.then(gone, gone);
    this.change();
    return promise;
  }

  entry(key: string): Kept {
    const entry = this.kept.find(({ args }) => args[0].key === key);
    if (entry === undefined) throw new Error(`${key} is not kept`);
    return entry;
  }
}

function draft(key: string): Draft {
  return { key, room: "lobby", text: `text of ${key}`, writtenAt: 5 };
}

function storedReply(key: string): object {
  const message = { ...draft(key), id: 1, author: { id: "me", name: "Me" }, sentAt: 0 };
  return { ok: true, message };
}

/** Until all that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

let socket: FakeSocket;
let stored: string[];
let isOpen: boolean;

function open(): Outbox {
  return new Outbox(socket as unknown as ChatSocket, {
    isOpen: () => isOpen,
    onStored: (message: Message) => stored.push(message.key),
    onChange: () => {},
  });
}

function statesOf(outbox: Outbox): string[] {
  return outbox.entries.map(({ key, state }) => `${key} ${state}`);
}

beforeEach(() => {
  socket = new FakeSocket();
  stored = [];
  isOpen = true;
});

describe("the outbox", () => {
  it("shows what is on its way, and tells what is stored", async () => {
    const outbox = open();
    outbox.add(draft("a"));
    outbox.add(draft("b"));
    expect(statesOf(outbox)).toEqual(["a sending", "b sending"]);
    isOpen = false;
    expect(statesOf(outbox)).toEqual(["a waiting", "b waiting"]);
    socket.entry("a").resolve(storedReply("a"));
    await settled();
    expect(stored).toEqual(["a"]);
    expect(statesOf(outbox)).toEqual(["b waiting"]);
  });

  it("follows what an earlier page has left behind", async () => {
    void socket.keep(draft("old"));
    const outbox = open();
    await settled();
    expect(statesOf(outbox)).toEqual(["old sending"]);
    socket.entry("old").resolve(storedReply("old"));
    await settled();
    expect(stored).toEqual(["old"]);
  });

  it("keeps what was refused until its author has decided", async () => {
    const outbox = open();
    outbox.add(draft("a"));
    socket.entry("a").resolve({ ok: false, error: { code: "long-message", text: "too long" } });
    await settled();
    expect(outbox.entries).toMatchObject([{ key: "a", state: "failed", error: "too long" }]);
    outbox.retry("a");
    expect(socket.emitted.at(-1)).toEqual({ ...draft("a"), again: true });
    expect(statesOf(outbox)).toEqual(["a sending"]);
    socket.entry("a").resolve({ ok: false, error: { code: "long-message", text: "too long" } });
    await settled();
    outbox.discard("a");
    expect(outbox.entries).toEqual([]);
  });

  it("says a message again, as one that may be there, when the server has forgotten the session", async () => {
    const outbox = open();
    outbox.add(draft("a"));
    socket.entry("a").reject(new DeliveryError("SESSION_LOST", "maybe"));
    await settled();
    expect(socket.emitted.at(-1)).toEqual({ ...draft("a"), again: true });
  });

  it("takes back what cannot have been sent, and nothing else", async () => {
    const outbox = open();
    outbox.add(draft("a"));
    outbox.add(draft("b"));
    socket.entry("b").state = "sent";
    outbox.discard("a");
    outbox.discard("b");
    await settled();
    expect(statesOf(outbox)).toEqual(["b sending"]);
  });

  it("has the picture of a message that is on its way", async () => {
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]).buffer;
    const outbox = open();
    outbox.add({ ...draft("a"), picture: { bytes, width: 3, height: 2 } });
    const picture = { type: "image/png", bytes: 9, width: 3, height: 2 };
    expect(outbox.entries).toMatchObject([{ picture }]);
    expect(outbox.picture("a")).toMatchObject({ type: "image/png", size: 9 });
    expect(outbox.picture("b")).toBeUndefined();
  });
});
