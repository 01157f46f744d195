import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as Peer } from "ws";
import { contentOf, prepare } from "../socket/prepared.ts";
import { cleanUp, cleanUpAll, dial, listen, pair } from "../testing/sockets.ts";
import type { WebSocket } from "../socket/websocket.ts";
import type { WebSocketServer } from "./server.ts";

afterEach(cleanUpAll);

interface Member {
  readonly socket: WebSocket;
  readonly heard: [data: string, isBinary: boolean][];
}

/** A server with so many clients; what each has heard, once all have heard the end. */
async function crowd(
  count: number,
  options: object = {},
  peerOptions: object = {},
): Promise<{ server: WebSocketServer; members: Member[]; settle: () => Promise<void> }> {
  const { server, url } = await listen(options);
  const members: Member[] = [];
  const waits: (() => Promise<unknown>)[] = [];
  for (let index = 0; index < count; index++) {
    const accepted = once(server, "connection") as Promise<[WebSocket]>;
    const peer = new Peer(url, peerOptions);
    cleanUp.push(() => peer.terminate());
    peer.on("error", () => {});
    const heard: [string, boolean][] = [];
    peer.on("message", (data, isBinary) => heard.push([(data as Buffer).toString(), isBinary]));
    const [socket] = await accepted;
    members.push({ socket, heard });
    waits.push(async () => {
      const pong = once(socket, "pong");
      socket.ping("end");
      await pong;
    });
  }
  return {
    server,
    members,
    settle: async () => {
      await Promise.all(waits.map((wait) => wait()));
    },
  };
}

describe("publish", () => {
  it("sends to all clients, and says to how many", async () => {
    const { server, members, settle } = await crowd(3);
    expect(server.publish("text ü")).toBe(3);
    expect(server.publish(Buffer.from("bytes"))).toBe(3);
    expect(server.publish(Buffer.from("text"), { binary: false })).toBe(3);
    expect(server.publish(prepare("prepared"))).toBe(3);
    await settle();
    for (const { heard } of members) {
      expect(heard).toEqual([
        ["text ü", false],
        ["bytes", true],
        ["text", false],
        ["prepared", false],
      ]);
    }
  });

  it("sends to those that are named or chosen, and to none that is excepted", async () => {
    const { server, members, settle } = await crowd(4);
    const [a, b, c, d] = members.map(({ socket }) => socket) as [
      WebSocket,
      WebSocket,
      WebSocket,
      WebSocket,
    ];
    expect(server.publish("1", { to: [a, b] })).toBe(2);
    expect(server.publish("2", { to: new Set([b]).values() })).toBe(1);
    expect(server.publish("3", { to: (socket) => socket === c })).toBe(1);
    expect(server.publish("4", { except: d })).toBe(3);
    expect(server.publish("5", { to: [a, b, c], except: [a, b] })).toBe(1);
    expect(server.publish("6", { except: [a, b, c, d] })).toBe(0);
    await settle();
    expect(members.map(({ heard }) => heard.map(([data]) => data).join(""))).toEqual([
      "14",
      "124",
      "345",
      "",
    ]);
  });

  it("passes over sockets that are not open, and does not count what is late for them", async () => {
    const { server, members } = await crowd(2);
    const [{ socket }] = members as [Member];
    socket.close();
    expect(server.publish("x")).toBe(1);
    expect(socket.bufferedAmount).toBeLessThan(20);
  });

  it("needs to be told to whom where clients are not tracked", async () => {
    const { server, members, settle } = await crowd(2, { clientTracking: false });
    expect(() => server.publish("x")).toThrow(/clientTracking/);
    expect(() => server.publish("x", { to: () => true })).toThrow(/clientTracking/);
    expect(server.publish("x", { to: members.map(({ socket }) => socket) })).toBe(2);
    await settle();
    expect(members[1]?.heard).toEqual([["x", false]]);
  });

  it("frames once: all sockets are handed the same bytes", async () => {
    const { server, members } = await crowd(3);
    const written = new Set<ArrayBufferLike>();
    const message = prepare(Buffer.alloc(20_000, 7));
    for (const { socket } of members) {
      const line = socket["link"].connection?.socket;
      const write = line?.write.bind(line) as (chunk: Buffer) => boolean;
      (line as { write: unknown }).write = (chunk: Buffer) => {
        written.add(chunk.buffer);
        return write(chunk);
      };
    }
    server.publish(message);
    await new Promise((resolve) => setImmediate(resolve));
    expect([...written]).toEqual([contentOf(message).frame.buffer]);
  });

  it.each([
    ["takes no context over", { serverNoContextTakeover: true }],
    ["is shared", { shared: true }],
    ["takes context over", {}],
  ])("is understood where compression %s", async (_, deflate) => {
    const { server, members, settle } = await crowd(3, {
      perMessageDeflate: { threshold: 0, ...deflate },
    });
    const text = "to be compressed ".repeat(1_000);
    expect(members[0]?.socket.extensions).toMatch(/permessage-deflate/);
    server.publish(text);
    server.publish(text, { compress: false });
    server.publish(Buffer.from(text));
    await settle();
    for (const { heard } of members) {
      expect(heard).toEqual([
        [text, false],
        [text, false],
        [text, true],
      ]);
    }
  });

  it("refuses a Blob", async () => {
    const { server } = await listen();
    expect(() => server.publish(new Blob(["x"]) as never)).toThrow(/Blob/);
    expect(() => prepare(new Blob(["x"]) as never)).toThrow(/Blob/);
  });
});

describe("prepare", () => {
  it("keeps a copy, and says what it holds", () => {
    const bytes = Buffer.from("abc");
    const message = prepare(bytes);
    bytes.fill(0);
    expect([message.isBinary, message.byteLength]).toEqual([true, 3]);
    expect(Buffer.from(contentOf(message).payload).toString()).toBe("abc");
    expect(prepare("ü").byteLength).toBe(2);
    expect(prepare("ü").isBinary).toBe(false);
    expect(prepare("ü", { binary: true }).isBinary).toBe(true);
  });

  it.each([0, 125, 126, 65_535, 65_536])("is sent by both sides, with %i bytes", async (length) => {
    const { client, peer } = await pair();
    const message = prepare("y".repeat(length));
    for (const [from, to] of [
      [client, peer],
      [peer, client],
    ] as const) {
      const heard = once(to, "message");
      let called: unknown = "not";
      from.send(message, (error) => {
        called = error;
      });
      const [data, isBinary] = (await heard) as [Buffer, boolean];
      expect([data.toString(), isBinary]).toEqual(["y".repeat(length), false]);
      expect(called).toBeUndefined();
    }
  });

  it("keeps its place behind a Blob and inside a message that is sent in fragments", async () => {
    const { client, peer } = await pair();
    const heard: string[] = [];
    client.on("message", (data) => heard.push((data as Buffer).toString()));
    peer.send(new Blob(["blob"]));
    peer.send(prepare("behind"));
    await peer.drained();
    peer.send("begun ", { fin: false });
    peer.send(prepare("and ended"));
    peer.close();
    await once(client, "close");
    expect(heard).toEqual(["blob", "behind", "begun and ended"]);
  });

  it("is late like any other message on a socket that closes", async () => {
    const { peer } = await pair();
    peer.close();
    const before = peer.bufferedAmount;
    const error = await new Promise((resolve) => peer.send(prepare("late"), resolve));
    expect(error).toMatchObject({ code: "WS_NOT_OPEN" });
    expect(peer.bufferedAmount - before).toBe(4);
  });
});

it("a client sends a prepared message too", async () => {
  const { server, url } = await listen();
  const accepted = once(server, "connection") as Promise<[WebSocket]>;
  const client = dial(url);
  const [socket] = await accepted;
  await once(client, "open");
  const heard = once(socket, "message");
  client.send(prepare(Buffer.from([1, 2])));
  expect(await heard).toEqual([Buffer.from([1, 2]), true]);
});
