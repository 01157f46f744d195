// @hawser/websocket with npm ws and with Node's own WebSocket, in all pairings; ws with ws is the control.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { next, until, within } from "../support/wait.ts";
import { loadClientOf, loadWebSocket } from "../support/websockets.ts";
import type {
  AnyWebSocket,
  ClientMaker,
  WebSocketMaker,
  WsServer,
  WsSocket,
} from "../support/websockets.ts";

interface Line {
  client: AnyWebSocket;
  server: WsSocket;
}

/** The data of the next `count` messages, text as string and binary as Buffer. */
function messagesAtClient(client: AnyWebSocket, count: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  const all = new Promise<unknown[]>((resolve) => {
    client.addEventListener("message", ({ data }) => {
      const value: unknown = data;
      seen.push(value instanceof ArrayBuffer ? Buffer.from(value) : value);
      if (seen.length === count) resolve(seen);
    });
  });
  return within(`${count} messages at the client`, all);
}

function messagesAtServer(server: WsSocket, count: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  const all = new Promise<unknown[]>((resolve) => {
    server.on("message", (data: Buffer, isBinary: boolean) => {
      seen.push(isBinary ? data : data.toString());
      if (seen.length === count) resolve(seen);
    });
  });
  return within(`${count} messages at the server`, all);
}

function closeAtClient(client: AnyWebSocket): Promise<{ code: number; reason: string }> {
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    client.addEventListener("close", (event) => {
      resolve({ code: event.code, reason: event.reason });
    });
  });
  return within("close at the client", closed);
}

const text = "grüße 🚢 \u0000";
const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

function pairing(serverMaker: WebSocketMaker, clientMaker: ClientMaker): void {
  async function openServer(
    t: TestContext,
    options: Parameters<typeof Object.assign>[1] = {},
  ): Promise<{ server: WsServer; url: string }> {
    const { WebSocketServer } = await loadWebSocket(serverMaker);
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
    await next(server, "listening");
    t.after(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/x?y=z` };
  }

  async function open(t: TestContext, protocols?: string[]): Promise<Line> {
    const { server, url } = await openServer(t);
    const connected = next<[WsSocket]>(server, "connection");
    const connect = await loadClientOf(clientMaker);
    const client = connect(url, protocols);
    client.binaryType = "arraybuffer";
    const opened = new Promise<void>((resolve) => {
      client.addEventListener("open", () => resolve());
    });
    const [socket] = await connected;
    await within("open at the client", opened);
    return { client, server: socket };
  }

  it("text and binary both ways", async (t) => {
    const { client, server } = await open(t);
    const up = messagesAtServer(server, 4);
    for (const message of [text, "", bytes, Buffer.alloc(0)]) client.send(message);
    assert.deepEqual(await up, [text, "", bytes, Buffer.alloc(0)]);
    const down = messagesAtClient(client, 4);
    for (const message of [text, "", bytes, Buffer.alloc(0)]) server.send(message);
    assert.deepEqual(await down, [text, "", bytes, Buffer.alloc(0)]);
  });

  it("every length at which the frame's header changes, both ways", async (t) => {
    const { client, server } = await open(t);
    const sizes = [1, 125, 126, 127, 65_535, 65_536, 65_537, 999_999];
    const sent = sizes.map((size) => Buffer.alloc(size, bytes));
    const up = messagesAtServer(server, sizes.length);
    for (const message of sent) client.send(message);
    const down = messagesAtClient(client, sizes.length);
    for (const message of sent) server.send(message);
    for (const seen of [await up, await down]) {
      assert.equal(
        seen.every((message, index) => sent[index]?.equals(message as Buffer)),
        true,
      );
    }
  });

  it("many messages sent at once keep their order", async (t) => {
    const { client, server } = await open(t);
    const expected = Array.from({ length: 2_000 }, (_, index) => `${index}`);
    const up = messagesAtServer(server, expected.length);
    const down = messagesAtClient(client, expected.length);
    for (const message of expected) {
      client.send(message);
      server.send(message);
    }
    assert.deepEqual(await up, expected);
    assert.deepEqual(await down, expected);
  });

  it("fragments from the server arrive as one message", async (t) => {
    const { client, server } = await open(t);
    const down = messagesAtClient(client, 2);
    server.send("one ", { fin: false });
    server.send("two ", { fin: false });
    server.send("three", { fin: true });
    server.send("next");
    assert.deepEqual(await down, ["one two three", "next"]);
  });

  it("ping is answered with pong, from both ends", async (t) => {
    const { client, server } = await open(t);
    const pong = next<[Buffer]>(server, "pong");
    server.ping(Buffer.from("data"));
    assert.equal((await pong)[0].toString(), "data");
    if (clientMaker === "the platform") return;
    const back = next<[Buffer]>(client, "pong");
    (client as unknown as WsSocket).ping("here");
    assert.equal((await back)[0].toString(), "here");
  });

  it("the client closes with code and reason", async (t) => {
    const { client, server } = await open(t);
    const there = next<[number, Buffer]>(server, "close");
    const here = closeAtClient(client);
    client.close(4_001, "größe");
    const [code, reason] = await there;
    assert.deepEqual([code, reason.toString()], [4_001, "größe"]);
    assert.equal((await here).code, 4_001);
  });

  it("the server closes with code and reason", async (t) => {
    const { client, server } = await open(t);
    const there = next<[number]>(server, "close");
    const here = closeAtClient(client);
    server.close(4_002, "später");
    assert.deepEqual(await here, { code: 4_002, reason: "später" });
    assert.equal((await there)[0], 4_002);
  });

  it("a close without a code is 1005; a cut line is 1006", async (t) => {
    const quiet = await open(t);
    const there = next<[number]>(quiet.server, "close");
    quiet.client.close();
    assert.equal((await there)[0], 1_005);
    const cut = await open(t);
    const here = closeAtClient(cut.client);
    cut.server.terminate();
    assert.equal((await here).code, 1_006);
  });

  it("agrees on a subprotocol", async (t) => {
    const { client, server } = await open(t, ["chat.v2", "chat.v1"]);
    assert.equal(client.protocol, "chat.v2");
    assert.equal(server.protocol, "chat.v2");
  });

  it("a message beyond the server's limit is refused with 1009", async (t) => {
    const { server, url } = await openServer(t, { maxPayload: 1_000 });
    const connected = next<[WsSocket]>(server, "connection");
    const connect = await loadClientOf(clientMaker);
    const client = connect(url);
    const [socket] = await connected;
    const errors: unknown[] = [];
    socket.on("error", (error) => errors.push(error));
    const here = closeAtClient(client);
    await until("the client is open", () => client.readyState === 1);
    client.send(Buffer.alloc(1_001));
    assert.equal((await here).code, 1_009);
    await until("the server's socket tells why", () => errors.length === 1);
  });
}

for (const server of ["hawser", "ws"] as const) {
  for (const client of ["hawser", "ws", "the platform"] as const) {
    const skip = client === "the platform" && globalThis.WebSocket === undefined;
    describe(`${client}'s client → ${server} server`, { skip }, () => pairing(server, client));
  }
}
