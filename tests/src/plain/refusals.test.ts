// What the server refuses, and how it ends a line: by the codes of the specification's tables.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import type { Server, Socket } from "hawser";
import { RawWebSocket, frame } from "../support/raw-websocket.ts";
import { until, within } from "../support/wait.ts";
import { PlainWorld } from "./plain-world.ts";
import type { PlainClient } from "../support/plain-client.ts";

/** What an upgrade is answered with when it is refused. */
function refused(
  url: string,
  path: string,
  headers: Record<string, string>,
): Promise<[number, string]> {
  const answer = new Promise<[number, string]>((resolve, reject) => {
    const outgoing = request(url + path, {
      agent: false,
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
      },
    });
    outgoing.on("upgrade", (_incoming, socket) => {
      socket.destroy();
      reject(new Error("it was not refused"));
    });
    outgoing.on("response", (incoming) => {
      let body = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      incoming.on("end", () => resolve([incoming.statusCode ?? 0, body]));
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
  return within("an answer to the upgrade", answer);
}

async function endsWith(client: PlainClient, code: number, retry: unknown): Promise<string> {
  const ended = await client.ended();
  assert.equal(ended.code, code, ended.reason);
  assert.ok(Buffer.byteLength(ended.reason) <= 123);
  // Those that the frames themselves are about may have none.
  if (ended.reason === "" && [1002, 1007, 1009].includes(code)) return "";
  const reason = JSON.parse(ended.reason) as { code: string; retry: unknown };
  assert.deepEqual(reason.retry, retry);
  assert.equal(typeof reason.code, "string");
  return reason.code;
}

describe("refusals", () => {
  let world: PlainWorld;
  /** Lets the next guard go on. */
  let release: () => void = () => undefined;

  before(async () => {
    world = await PlainWorld.open(
      {
        maxHttpBufferSize: 200_000,
        subscribe: (_socket: Socket, room: string) => room.startsWith("open-"),
      },
      (io: Server) => {
        io.of("/slow").use((_socket, next) => {
          release = next;
        });
        for (const name of ["/", "/slow"]) {
          io.of(name).on("connection", (socket: Socket) => {
            socket.on("echo", (...args: unknown[]) => void socket.emit("echo", ...args));
          });
        }
        io.of(/^\/many-\d+$/).on("connection", () => undefined);
      },
    );
  });
  after(() => world.close());

  for (const [what, protocol] of [
    ["one that nobody knows", "chat"],
    ["a version that is not there", "hawser.v2.json, hawser.v9.cbor"],
    ["a token alone", "hawser.token.abc"],
  ] as const) {
    it(`no subprotocol in common, ${what}: HTTP 400 that lists them`, async () => {
      const headers = { "Sec-WebSocket-Protocol": protocol };
      const [status, body] = await refused(world.url, "/hawser/ws", headers);
      assert.equal(status, 400);
      const { supported } = JSON.parse(body) as { supported: string[] };
      assert.deepEqual(supported.toSorted(), ["hawser.v1.json", "hawser.v1.msgpack"]);
      assert.ok(!body.includes("abc"), "a token is not repeated");
    });
  }

  it("another version in the query: HTTP 400", async () => {
    const [status, body] = await refused(world.url, "/hawser/ws?v=2", {});
    assert.equal(status, 400);
    assert.match(body, /supported/);
  });

  it("a path beside ours is not ours", async () => {
    for (const path of ["/hawser/wsx", "/hawser/ws/", "/hawser"]) {
      const raw = await RawWebSocket.open(Number(new URL(world.url).port), path);
      assert.notEqual(raw.status, 101, path);
      raw.leave();
    }
  });

  it("the version of the server's choice is the first that the client offers", async () => {
    const protocols = ["hawser.v3.json", "hawser.v1.msgpack", "hawser.v1.json", "hawser.token.x"];
    const client = await world.line({ form: "msgpack", protocols });
    assert.equal(client.ws.protocol, "hawser.v1.msgpack");
    client.close();
  });

  it("connect once more: ALREADY_CONNECTED, and the session goes on", async () => {
    const client = await world.plain();
    client.send({ connect: {} });
    assert.equal((await client.error())["code"], "ALREADY_CONNECTED");
    client.emit("echo", 1);
    await client.message("the echo", ({ event }) => event === "echo");
  });

  it("what comes after its own disconnect is for nobody, and the rest of the line lives", async () => {
    const client = await world.plain();
    client.send({ disconnect: {} });
    client.send({ ack: 1, data: [] });
    await client.settled();
    assert.ok(client.closed === undefined || client.errors.length <= 1);
  });

  it("messages that come while a middleware looks are held, in order, and no more than so many", async () => {
    const client = await world.line();
    client.send({ connect: { namespace: "/slow" } });
    for (let at = 0; at < 70; at++) {
      client.send({ event: "echo", data: [at], namespace: "/slow" });
    }
    await client.settled();
    assert.equal(client.last("connected"), undefined);
    assert.equal(client.errors.length, 6);
    for (const { code, namespace } of client.errors) {
      assert.deepEqual([code, namespace], ["TOO_EARLY", "/slow"]);
    }
    release();
    await until("what was held is handled", () => client.heard("echo").length === 64);
    assert.deepEqual(
      client.heard("echo"),
      Array.from({ length: 64 }, (_, at) => [at]),
    );
  });

  it("nor more than so many bytes", async () => {
    const client = await world.line();
    client.send({ connect: { namespace: "/slow" } });
    for (let at = 0; at < 10; at++) {
      client.send({ event: "echo", data: ["x".repeat(10_000)], namespace: "/slow" });
    }
    await client.settled();
    assert.equal(client.errors.length, 4, "64 KiB are six of 10 kB");
    release();
    await until("what was held is handled", () => client.heard("echo").length === 6);
  });

  it("subscriptions: what is not allowed is refused by its place; the others hold", async () => {
    const client = await world.plain();
    client.send({ subscribe: ["open-a", "secret", "open-b"] });
    const { code, at } = await client.error();
    assert.deepEqual([code, at], ["SUBSCRIBE_REFUSED", "/subscribe/1"]);
    assert.deepEqual(await client.said("subscribed"), ["open-a", "open-b"]);
    const socket = world.io.of("/").sockets.get(client.id)!;
    assert.deepEqual([...socket.rooms], [client.id, "open-a", "open-b"]);
    client.send({ unsubscribe: ["open-a", "secret"] });
    await client.said("unsubscribed");
    assert.deepEqual([...socket.rooms], [client.id, "open-b"]);
  });

  it("a room of its own cannot be left, one that the app gave neither, and a long name is no room", async () => {
    const client = await world.plain();
    const socket = world.io.of("/").sockets.get(client.id)!;
    await socket.join("given");
    client.send({ unsubscribe: [client.id, "given"] });
    client.send({ subscribe: [`open-${"x".repeat(300)}`] });
    await client.settled();
    assert.ok(socket.rooms.has(client.id) && socket.rooms.has("given"));
    assert.equal(socket.rooms.size, 2);
    assert.equal(client.errors.length >= 1, true);
  });

  it("so many subscriptions and no more", async () => {
    const client = await world.plain();
    for (let from = 0; from < 1_010; from += 101) {
      const rooms = Array.from({ length: 101 }, (_, at) => `open-${from + at}`);
      client.send({ subscribe: rooms });
    }
    await client.settled();
    await until("it is refused", () => client.errors.length > 0);
    assert.equal(client.errors[0]!["code"], "SUBSCRIPTIONS_TOO_MANY");
    const socket = world.io.of("/").sockets.get(client.id)!;
    assert.equal(socket.rooms.size, 1_001);
  });

  it("so many namespaces and no more", async () => {
    const client = await world.plain();
    for (let at = 0; at < 102; at++) client.send({ connect: { namespace: `/many-${at}` } });
    await until("all are answered", () => {
      const answered = client.messages.filter((it) => "connected" in it || "error" in it);
      return answered.length === 103;
    });
    assert.ok(client.errors.length >= 1);
    assert.ok(client.errors.every(({ code }) => code === "NAMESPACES_TOO_MANY"));
    client.ws.terminate();
  });

  it("a message that is too big: 1009", async () => {
    const client = await world.plain();
    client.emit("echo", "x".repeat(250_000));
    await endsWith(client, 1009, false);
  });

  it("before connect, 64 KiB are too much: 1009", async () => {
    const client = await world.line();
    client.send({ connect: { auth: { token: "x".repeat(70_000) } } });
    await endsWith(client, 1009, false);
    const entered = await world.plain();
    entered.emit("echo", "x".repeat(70_000));
    await entered.message("it is heard now", ({ event }) => event === "echo");
  });

  it("text that is no UTF-8: 1007", async () => {
    const client = await world.plain();
    client.ws.send(Buffer.from('{"event":"\xff"}', "latin1"), { binary: false });
    assert.equal((await client.ended()).code, 1007);
  });

  it("frames that are wrong: 1002", async () => {
    const port = Number(new URL(world.url).port);
    const raw = await RawWebSocket.open(port, "/hawser/ws");
    raw.write(frame("x", { rsv: 1 }));
    assert.equal(await raw.ended(), 1002);
    const unmasked = await RawWebSocket.open(port, "/hawser/ws");
    unmasked.write(frame('{"ping":1}', { masked: false }));
    assert.equal(await unmasked.ended(), 1002);
  });

  it("an application that disconnects says so, then closes for good: 1000", async () => {
    const client = await world.plain();
    world.io.of("/").sockets.get(client.id)!.disconnect(true);
    await endsWith(client, 1000, false);
    assert.ok(client.messages.some((it) => "disconnect" in it));
  });
});

describe("lines that are given up", () => {
  let world: PlainWorld;
  before(async () => {
    world = await PlainWorld.open({ connectTimeout: 300, pingInterval: 200, pingTimeout: 200 });
  });
  after(() => world.close());

  it("who never connects: 4001", async () => {
    const client = await world.line();
    client.send({ ping: 1 });
    await client.message("pong", ({ pong }) => pong === 1);
    await endsWith(client, 4001, false);
  });

  it("who does not answer pings: 4002, and may come back at once", async () => {
    const client = await world.plain({}, { ws: { autoPong: false } });
    await endsWith(client, 4002, 0);
  });

  it("who answers them stays", async () => {
    const client = await world.plain();
    let pings = 0;
    client.ws.on("ping", () => pings++);
    await until("some heartbeats have passed", () => pings > 4);
    assert.equal(client.closed, undefined);
  });

  it("a slow loris before connect is given up, too", async () => {
    const port = Number(new URL(world.url).port);
    const raw = await RawWebSocket.open(port, "/hawser/ws");
    const whole = frame('{"connect":{}}'.padEnd(4_000));
    const began = performance.now();
    // One byte at a time: it never becomes a message.
    for (let at = 0; at < whole.length - 1 && !raw.closed && raw.closeCode === undefined; at++) {
      raw.write(whole.subarray(at, at + 1));
      await later(10);
    }
    await raw.ended();
    assert.ok(performance.now() - began < 8_000);
  });

  it("a server that closes says that it will be back: 1001", async () => {
    const short = await PlainWorld.open();
    const client = await short.plain();
    const closed = short.io.close();
    await endsWith(client, 1001, 1000);
    await closed;
  });
});

describe("a rate", () => {
  it("messages beyond it are dropped with RATE, and who goes on is closed: 4005", async () => {
    const plain = { limits: { messagesPerSecond: 20 } };
    const world = await PlainWorld.open({ plain });
    const client = await world.plain();
    for (let at = 0; at < 2_000 && client.closed === undefined; at++) {
      client.send({ ping: at });
      if (at % 100 === 99) await later(1);
    }
    await until("it is told", () => client.errors.length > 0 || client.closed !== undefined);
    if (client.closed === undefined) assert.equal(client.errors[0]!["code"], "RATE");
    await endsWith(client, 4005, 5000);
    await world.close();
  });
});
