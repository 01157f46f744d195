import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "hawser";
import type { Socket } from "hawser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlainCodec } from "./codec.ts";
import { jsonCodec } from "./codec.ts";
import { msgpackCodec } from "./msgpack-codec.ts";
import { PlainClient } from "./plain-client.ts";
import type { PlainState } from "./plain-client.ts";

let server: Server;
let url: string;
let clients: PlainClient[];

beforeEach(async () => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  server = new Server(http, {
    plain: true,
    delivery: {},
    subscribe: (_socket, room) => room !== "secret",
  });
  server.of("/chat").on("connection", (socket) => {
    socket.on("add", (a: number, b: number, answer: (sum: number) => void) => answer(a + b));
  });
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/hawser/ws`;
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
});

interface Watched {
  readonly client: PlainClient;
  readonly states: PlainState[];
  readonly heard: unknown[];
}

function open(codec: PlainCodec): Watched {
  const states: PlainState[] = [];
  const heard: unknown[] = [];
  const client = new PlainClient({
    url,
    namespace: "/chat",
    auth: { name: "Ana" },
    codec,
    onState: (state) => states.push(state),
    onEvent: (event, args) => heard.push([event, ...args]),
  });
  clients.push(client);
  return { client, states, heard };
}

const inRoom = (room: string): Promise<number> =>
  server
    .of("/chat")
    .in(room)
    .fetchSockets()
    .then((sockets) => sockets.length);

describe.each([
  ["JSON", jsonCodec],
  ["MessagePack", msgpackCodec],
])("a plain client without a library, in %s", (_, codec) => {
  it("asks, and is answered", async () => {
    const entered = once(server.of("/chat"), "connection") as Promise<[Socket]>;
    const { client, states } = open(codec);
    const [socket] = await entered;
    expect(socket.handshake.auth).toMatchObject({ name: "Ana" });
    await expect.poll(() => states).toEqual(["connecting", "open"]);
    expect(await client.ask("add", 1, 2)).toEqual([3]);
  });

  it("hears a room as long as it is subscribed", async () => {
    const { client, heard } = open(codec);
    client.subscribe("news");
    await expect.poll(() => inRoom("news")).toBe(1);
    server.of("/chat").to("news").emit("headline", "one");
    await expect.poll(() => heard).toEqual([["headline", "one"]]);
    client.unsubscribe("news");
    await expect.poll(() => inRoom("news")).toBe(0);
  });

  it("hears once what was said while its line was cut", async () => {
    const { client, states, heard } = open(codec);
    client.subscribe("news");
    await expect.poll(() => inRoom("news")).toBe(1);
    const news = server.of("/chat").to("news").durable;
    await news.emit("headline", "one");
    await expect.poll(() => heard.length).toBe(1);
    client.cut(50);
    await expect.poll(() => inRoom("news")).toBe(0);
    await news.emit("headline", "two");
    await expect.poll(() => states.filter((state) => state === "open").length).toBe(2);
    await news.emit("headline", "three");
    const all = ["one", "two", "three"].map((text) => ["headline", text]);
    await expect.poll(() => heard).toEqual(all);
  });
});
