import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io } from "@hawser/client";
import type { Socket } from "@hawser/client";
import { durable } from "@hawser/client/durable";
import type { DurableSocket } from "@hawser/client/durable";
import { Server } from "hawser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  ClientEvents,
  Draft,
  Joined,
  Member,
  Message,
  Reply,
  ServerEvents,
} from "../../shared/chat/events.ts";
import { ChatApp } from "./chat-app.ts";
import { MessageLog } from "./message-log.ts";

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
  server = new Server(http, { delivery: {} });
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

function durably(name: string): DurableSocket<ServerEvents, ClientEvents> {
  const client = io(url, {
    auth: { secret: `${name} has a secret of its own`, name },
    transports: ["websocket"],
    forceNew: true,
    reconnectionDelay: 10,
    durable: durable(),
  }) as DurableSocket<ServerEvents, ClientEvents>;
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

async function join(client: ChatClient, room = "lobby", read?: number): Promise<Joined> {
  const reply = await client.emitWithAck("join", read === undefined ? { room } : { room, read });
  if (!reply.ok) throw new Error(reply.error.text);
  return reply;
}

async function send(client: ChatClient, text: string, draft?: Partial<Draft>): Promise<Message> {
  const whole = { key: `key of ${text}`, room: "lobby", text, ...draft };
  const reply = await client.emitWithAck("send", whole);
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
  });

  it("stores a message that may come twice once, and tells of it once", async () => {
    const [ana, ben] = [connect("Ana"), connect("Ben")];
    await Promise.all([join(ana), join(ben)]);
    const heard: string[] = [];
    ben.on("message", (message) => heard.push(message.text));
    const key = "the same key";
    const first = await send(ana, "once", { key });
    expect(await send(ana, "twice", { key, again: true })).toEqual(first);
    await send(ana, "end");
    await join(ben);
    expect(heard).toEqual(["once", "end"]);
  });

  it("says something without a page's bookkeeping", async () => {
    const [ana, ben] = [connect("Ana"), connect("Ben")];
    await join(ben);
    const heard = next(ben, "message");
    const reply = await ana.emitWithAck("say", "lobby", "hello");
    expect(reply).toMatchObject({ ok: true, message: { text: "hello", author: { name: "Ana" } } });
    expect((await heard)[0].text).toBe("hello");
    expect(codeOf(await ana.emitWithAck("say", "lobby", 7 as never))).toBe("bad-request");
  });

  it("hears what another backend publishes, and finds it in the history", async () => {
    const ana = connect("Ana");
    await join(ana);
    await send(ana, "before");
    const heard = next(ana, "message");
    const published = { text: "backup done", author: { name: "cron" } };
    await server.of("/chat").to("room:lobby").durable.emit("message", published);
    expect((await heard)[0]).toEqual(published);
    await send(ana, "after");
    const reply = await ana.emitWithAck("history", { room: "lobby" });
    if (!reply.ok) throw new Error(reply.error.text);
    expect(reply.messages.map(({ text }) => text)).toEqual(["before", "backup done", "after"]);
    const [before, between, after] = reply.messages.map(({ id }) => id);
    expect(before).toBeLessThan(between!);
    expect(between).toBeLessThan(after!);
    expect(reply.messages[1]!.author).toMatchObject({ name: "cron", wire: "http" });
  });

  it("is here in whatever way the room was entered", async () => {
    const [ana, ben] = [connect("Ana"), connect("Ben")];
    await join(ana);
    await ben.emitWithAck("rename", "Benno");
    const arrival = next(ana, "present");
    server.of("/chat").in(ben.id!).socketsJoin("room:lobby");
    expect((await arrival)[1].name).toBe("Benno");
    const departure = next(ana, "absent");
    server.of("/chat").in(ben.id!).socketsLeave("room:lobby");
    expect((await departure)[0]).toBe("lobby");
  });

  it("reads the history page by page, backwards", async () => {
    const ana = connect("Ana");
    await join(ana);
    const texts = Array.from({ length: 15 }, (_, i) => `text ${i}`);
    for (const text of texts) await send(ana, text);
    const log = new MessageLog(server, server.of("/chat"));
    const newest = await log.page("lobby", 10);
    const rest = await log.page("lobby", 10, newest.older);
    const all = [...rest.messages, ...newest.messages];
    expect(all.map(({ text }) => text)).toEqual(texts);
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => a - b));
    expect(rest.older).toBeUndefined();
    expect((await join(ana)).messages.map(({ text }) => text)).toEqual(texts);
  });

  it("sees who has read what it wrote", async () => {
    const [ana, ben] = [connect("Ana"), connect("Ben")];
    expect((await join(ana)).seen).toBe(0);
    const { you } = await join(ben);
    const { id } = await send(ana, "look");
    const seen = next(ana, "seen");
    ben.emit("read", "lobby", id);
    expect(await seen).toEqual(["lobby", you.id, id]);
    expect((await join(connect("Ana"))).seen).toBe(id);
    expect((await join(ben)).seen).toBe(0);
  });

  it("loses nothing that it says durably while it is away, and hears what it missed", async () => {
    const ana = durably("Ana");
    const ben = durably("Ben");
    await Promise.all([join(ana), join(ben)]);
    const heard: string[] = [];
    ben.on("message", (message) => heard.push(message.text));
    const back = next(ben, "trials");
    ben.io.engine.close();
    const said = ["one", "two", "three"].map((text) =>
      ana.durable.emit("send", { key: `key of ${text}`, room: "lobby", text }),
    );
    await Promise.all(said);
    await back;
    await ben.durable.emit("send", { key: "key of four", room: "lobby", text: "four" });
    await expect.poll(() => heard).toEqual(["one", "two", "three", "four"]);
  });

  it("keeps the order of what it says too fast", async () => {
    const ana = durably("Ana");
    await join(ana);
    const texts = Array.from({ length: 22 }, (_, i) => `text ${i}`);
    const said = texts.map((text) =>
      ana.durable.emit("send", { key: `key of ${text}`, room: "lobby", text }),
    );
    for (const reply of await Promise.all(said)) expect(codeOf(reply)).toBe("ok");
    expect((await join(ana)).messages.map(({ text }) => text)).toEqual(texts);
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
    const request = { author: sent.message.author.id, key: sent.message.key };
    expect(codeOf(await ben.emitWithAck("picture", request))).toBe("no-picture");
    await join(ben);
    const reply = await ben.emitWithAck("picture", request);
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
    const events = ["join", "leave", "create", "send", "say", "history", "picture", "rename"];
    for (const event of events) {
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
    expect(codeOf((await raw.emitWithAck("kill")) as Reply)).toBe("no-kill");
    raw.emit("kill", "no function");
    raw.emit("typing", {}, {});
    raw.emit("read", "lobby", -1);
    raw.emit("probe", "no function");
    expect((await join(ana)).room.id).toBe("lobby");
  });
});
