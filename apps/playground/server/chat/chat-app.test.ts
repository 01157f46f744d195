import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io } from "@hawser/client";
import type { Socket } from "@hawser/client";
import { Server } from "hawser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  ClientEvents,
  Joined,
  Member,
  Message,
  Reply,
  ServerEvents,
} from "../../shared/chat/events.ts";
import { ChatApp } from "./chat-app.ts";

type ChatClient = Socket<ServerEvents, ClientEvents>;

const png = Uint8Array.from(
  { length: 5000 },
  (_, i) => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a][i] ?? i % 256,
);

let server: Server;
let chat: ChatApp;
let url: string;
let clients: ChatClient[];

beforeEach(async () => {
  const http = createServer();
  server = new Server(http);
  chat = new ChatApp(server, ":memory:");
  clients = [];
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/chat`;
});

afterEach(async () => {
  for (const client of clients) client.disconnect();
  await server.close();
  chat.close();
});

function connect(name: string, secret = `${name} has a secret of its own`): ChatClient {
  const client: ChatClient = io(url, {
    auth: { secret, name },
    transports: ["websocket"],
    forceNew: true,
  });
  clients.push(client);
  return client;
}

/** The arguments of the next such event. */
function next<E extends keyof ServerEvents>(
  client: ChatClient,
  event: E,
): Promise<Parameters<ServerEvents[E]>> {
  return new Promise((resolve) => {
    const listener = (...values: Parameters<ServerEvents[E]>): void => resolve(values);
    client.once(event, listener as never);
  });
}

async function join(client: ChatClient, room = "lobby", after?: number): Promise<Joined> {
  const reply = await client.emitWithAck("join", after === undefined ? { room } : { room, after });
  if (!reply.ok) throw new Error(reply.error.text);
  return reply;
}

async function send(client: ChatClient, text: string, key = `key of ${text}`): Promise<Message> {
  const reply = await client.emitWithAck("send", { key, room: "lobby", text });
  if (!reply.ok) throw new Error(reply.error.text);
  return reply.message;
}

function codeOf(reply: Reply): string {
  return reply.ok ? "ok" : reply.error.code;
}

describe("a person in the chat", () => {
  it("sees who is there, and who comes and goes", async () => {
    const ana = connect("Ana");
    const { you, room } = await join(ana);
    expect(room).toEqual({ id: "lobby", title: "Lobby" });
    const arrival = next(ana, "present");
    const ben = connect("Ben");
    const { members } = await join(ben);
    expect(members.map((member: Member) => member.name)).toEqual(["Ana", "Ben"]);
    expect((await arrival)[1].name).toBe("Ben");
    const departure = next(ben, "absent");
    ana.disconnect();
    expect(await departure).toEqual(["lobby", you.id]);
  });

  it("is heard by the others in the room, and nowhere else", async () => {
    const [ana, ben, kai] = [connect("Ana"), connect("Ben"), connect("Kai")];
    await Promise.all([join(ana), join(ben), join(kai, "other")]);
    kai.onAny((event) => expect(event).not.toBe("message"));
    const heard = next(ben, "message");
    const sent = await send(ana, "hello");
    expect((await heard)[0]).toEqual(sent);
    expect(
      codeOf(await kai.emitWithAck("send", { key: "key of Kai", room: "lobby", text: "x" })),
    ).toBe("not-joined");
  });

  it("stores a message that comes twice once, and tells of it once", async () => {
    const [ana, ben] = [connect("Ana"), connect("Ben")];
    await Promise.all([join(ana), join(ben)]);
    const heard: string[] = [];
    ben.on("message", (message) => heard.push(message.text));
    const first = await send(ana, "once", "the same key");
    expect(await send(ana, "twice", "the same key")).toEqual(first);
    await send(ana, "end");
    await ben.emitWithAck("history", { room: "lobby", after: 0 });
    expect(heard).toEqual(["once", "end"]);
  });

  it("gets what was missed, in order, when coming back", async () => {
    const ana = connect("Ana");
    await join(ana);
    const seen = await send(ana, "seen");
    for (const text of ["missed 1", "missed 2"]) await send(ana, text);
    const { messages, fresh, newer } = await join(connect("Ben"), "lobby", seen.id);
    expect(messages.map((message: Message) => message.text)).toEqual(["missed 1", "missed 2"]);
    expect([fresh, newer]).toEqual([false, false]);
  });

  it("gets a picture byte for byte, in rooms that are joined", async () => {
    const [ana, ben] = [connect("Ana"), connect("Ben")];
    await join(ana);
    const picture = { bytes: png, width: 5, height: 4 };
    const sent = await ana.emitWithAck("send", {
      key: "a picture",
      room: "lobby",
      text: "",
      picture,
    });
    if (!sent.ok) throw new Error(sent.error.text);
    expect(sent.message.picture).toEqual({ type: "image/png", bytes: 5000, width: 5, height: 4 });
    expect(codeOf(await ben.emitWithAck("picture", sent.message.id))).toBe("no-picture");
    await join(ben);
    const reply = await ben.emitWithAck("picture", sent.message.id);
    if (!reply.ok) throw new Error(reply.error.text);
    expect(Buffer.from(reply.bytes as Uint8Array).equals(Buffer.from(png))).toBe(true);
  });

  it("is seen typing, and under a new name", async () => {
    const [ana, ben] = [connect("Ana"), connect("Ben")];
    const { you } = await join(ana);
    await join(ben);
    const typing = next(ben, "typing");
    ana.emit("typing", "lobby", true);
    expect(await typing).toEqual(["lobby", you.id, true]);
    const renamed = next(ben, "present");
    await ana.emitWithAck("rename", "Anna");
    expect(await renamed).toEqual(["lobby", { id: you.id, name: "Anna" }]);
  });

  it("makes a room, and finds its name by its id", async () => {
    const ana = connect("Ana");
    const made = await ana.emitWithAck("create", " Weekend  trip ");
    if (!made.ok) throw new Error(made.error.text);
    expect(made.room.title).toBe("Weekend trip");
    expect((await join(connect("Ben"), made.room.id)).room).toEqual(made.room);
  });

  it("is told when it goes too fast, and for how long to wait", async () => {
    const ana = connect("Ana");
    await join(ana);
    const drafts = Array.from({ length: 30 }, (_, i) => ({
      key: `key number ${i}`,
      room: "lobby",
      text: `${i}`,
    }));
    const replies = await Promise.all(drafts.map((draft) => ana.emitWithAck("send", draft)));
    const refused = replies.find((reply) => !reply.ok);
    expect(refused).toMatchObject({ ok: false, error: { code: "too-fast" } });
    expect(refused?.ok === false && refused.error.retryAfterMs).toBeGreaterThan(0);
  });
});

describe("whoever is not fit to enter", () => {
  it.each([
    ["without a name", { name: "", secret: "s".repeat(30) }, "bad-name"],
    ["without a secret", { name: "Ana", secret: "" }, "bad-secret"],
  ])("%s is told why", async (_, { name, secret }, code) => {
    const client = connect(name, secret);
    const error = await new Promise<Error & { data?: unknown }>((resolve) => {
      client.once("connect_error", resolve);
    });
    expect(error.data).toMatchObject({ code });
  });

  it("sends nonsense without harm", async () => {
    const ana = connect("Ana");
    const raw = ana as unknown as Socket;
    for (const event of ["join", "leave", "create", "send", "history", "picture", "rename"]) {
      for (const nonsense of [
        undefined,
        null,
        7,
        "x".repeat(50),
        [],
        { room: {} },
        { room: "../lobby", key: [] },
      ]) {
        const reply = (await raw.emitWithAck(event, nonsense)) as Reply;
        expect(reply.ok).toBe(false);
      }
      raw.emit(event);
      raw.emit(event, "no function", "to answer with");
    }
    raw.emit("typing", {}, {});
    raw.emit("probe", "no function");
    expect((await join(ana)).room.id).toBe("lobby");
  });
});
