import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "hawser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatApp } from "./chat/chat-app.ts";
import { languages } from "./languages.ts";
import { PublishKey } from "./publish-key.ts";

type Said = Record<string, unknown>;

let server: Server;
let chat: ChatApp;
let at: string;
let sockets: WebSocket[];

beforeEach(async () => {
  const http = createServer();
  server = new Server(http, { ...languages(new PublishKey("127.0.0.1")), delivery: {} });
  chat = new ChatApp(server, ":memory:");
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  at = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.close();
  await server.close();
  chat.close();
});

/** A WebSocket and all that it has heard. */
async function open(path: string): Promise<{ socket: WebSocket; heard: string[] }> {
  const socket = new WebSocket(`ws://${at}${path}`);
  const heard: string[] = [];
  socket.addEventListener("message", ({ data }) => heard.push(data as string));
  sockets.push(socket);
  await once(socket, "open");
  return { socket, heard };
}

/** A guest over the plain dialect, and the first of what it has heard with that verb. */
async function guest(auth: Said): Promise<{
  say: (message: Said) => void;
  next: (verb: string) => Promise<Said>;
  socket: WebSocket;
}> {
  const { socket, heard } = await open("/hawser/ws");
  const say = (message: Said): void => socket.send(JSON.stringify(message));
  say({ connect: { namespace: "/chat", auth, session: true } });
  const next = async (verb: string): Promise<Said> => {
    const find = (): Said | undefined =>
      heard.map((text) => JSON.parse(text) as Said).find((message) => verb in message);
    await expect.poll(find).toBeDefined();
    return find() as Said;
  };
  return { say, next, socket };
}

const authors = async (): Promise<unknown[]> => {
  const { events } = await server.of("/chat").in("room:lobby").history();
  return events.map(({ args }) => (args[0] as { author: unknown }).author);
};

describe("guests of the chat", () => {
  it("are who they say, with the wire that they speak", async () => {
    const { say, next } = await guest({ name: "Ada" });
    await next("connected");
    say({ event: "say", namespace: "/chat", data: ["lobby", "hello"], id: 1 });
    expect(await next("ack")).toMatchObject({ data: [{ ok: true, message: { text: "hello" } }] });
    expect(await authors()).toMatchObject([{ name: "Ada", wire: "json" }]);
  });

  it("need a name that can be shown", async () => {
    const { next } = await guest({ name: " " });
    expect(await next("error")).toMatchObject({
      error: { code: "REFUSED", data: { code: "bad-name" } },
    });
  });

  it("subscribe to rooms of the chat, and to nothing else", async () => {
    const { say, next } = await guest({ name: "Ada" });
    await next("connected");
    say({ subscribe: ["room:lobby", "room:../x", "anything"], namespace: "/chat" });
    expect(await next("subscribed")).toMatchObject({ subscribed: ["room:lobby"] });
    expect(await next("error")).toMatchObject({ error: { code: "SUBSCRIBE_REFUSED" } });
  });

  it("come back as who they were", async () => {
    const first = await guest({ name: "Ada" });
    const { connected } = (await first.next("connected")) as { connected: Said };
    first.say({ event: "say", namespace: "/chat", data: ["lobby", "one"], id: 1 });
    await first.next("ack");
    first.socket.close();
    const { socket, heard } = await open("/hawser/ws");
    const { session, position } = connected;
    socket.send(JSON.stringify({ recover: { session, position, namespace: "/chat" } }));
    await expect.poll(() => heard.join("\n")).toContain('"recovered":true');
    socket.send('{"event":"say","namespace":"/chat","data":["lobby","two"],"id":1}');
    await expect.poll(() => heard.join("\n")).toContain('"ok":true');
    const [before, after] = await authors();
    expect(after).toEqual(before);
  });

  it("speak and hear lines of text, in the room of their address", async () => {
    const { socket, heard } = await open("/hawser/text?room=lobby&token=Ada");
    socket.send("hello");
    await expect.poll(() => heard).toEqual(["Ada: hello"]);
    expect(await authors()).toMatchObject([{ name: "Ada", wire: "text" }]);
    const published = { text: "tick", author: { name: "cron" } };
    await server.of("/chat").to("room:lobby").durable.emit("message", published);
    await expect.poll(() => heard).toEqual(["Ada: hello", "cron: tick"]);
  });
});
