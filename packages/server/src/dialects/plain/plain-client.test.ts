import { once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { PlainPeer, startPlain } from "../../../test/plain-peer.ts";
import { base64Voice, jsonVoice, msgpackVoice } from "./voice.ts";
import type { Socket } from "../../socket.ts";
import type { Said } from "../../../test/plain-peer.ts";

const inNamespace = async (port: number, connect: Said = {}): Promise<PlainPeer> => {
  const peer = await new PlainPeer(port).open({ connect });
  await peer.hears("connected");
  return peer;
};

const nextSocket = async (io: object): Promise<Socket> =>
  ((await once(io as never, "connection")) as [Socket])[0];

describe("a plain client", () => {
  it("is not let in again by what was on its way when it was put out", async () => {
    const { io, port } = await startPlain();
    const heard: unknown[] = [];
    io.on("connection", (socket) => {
      socket.on("go", () => socket.disconnect());
      socket.on("late", () => heard.push("late"));
    });
    const peer = await inNamespace(port);
    peer.say({ event: "go" });
    await peer.hears("disconnect");
    peer.say({ event: "late", id: 3 });
    await peer.hears("error");
    expect(peer.all("error")).toMatchObject([{ code: "NOT_CONNECTED", id: 3 }]);
    peer.say({ connect: {} }, { event: "late" });
    await peer.hears("connected", 2);
    await peer.settled();
    expect(heard).toEqual(["late"]);
  });

  it("is heard to the end when it leaves, and may come again at once", async () => {
    const { io, port } = await startPlain();
    const heard: unknown[] = [];
    io.on("connection", (socket) => {
      socket.on("last", (word) => heard.push(word));
      socket.on("disconnect", (reason) => heard.push(reason));
    });
    const peer = await inNamespace(port);
    peer.say({ event: "last", data: ["word"] }, { disconnect: {} }, { connect: {} });
    await peer.hears("connected", 2);
    expect(heard).toContain("client namespace disconnect");
    const early = await new PlainPeer(port).open(
      { event: "last", data: ["early"] },
      { disconnect: {} },
    );
    await early.hears("connected");
    await early.settled();
    expect(heard.slice(-2)).toEqual(["early", "client namespace disconnect"]);
    expect(early.codes()).toEqual([]);
  });

  it("has subscriptions of the socket that it is now", async () => {
    const { io, port } = await startPlain({ subscribe: () => true });
    const peer = await inNamespace(port);
    peer.say({ subscribe: ["a"] });
    await peer.hears("subscribed");
    io.disconnectSockets();
    await peer.hears("disconnect");
    peer.say({ connect: {} }, { subscribe: ["a"] });
    await peer.hears("subscribed", 2);
    io.to("a").emit("said");
    expect(await peer.hears("event")).toEqual(["said"]);
  });

  it("is heard in the order in which it speaks, however long a subscription is looked at", async () => {
    const { io, port } = await startPlain({
      subscribe: async (socket, room) => {
        // An answer passes what waits.
        expect(await socket.timeout(10_000).emitWithAck("may I?", room)).toBe("yes");
        return true;
      },
    });
    io.on("connection", (socket) => {
      socket.on("say", (word: string) => io.to("room").emit("said", word));
    });
    const peer = await new PlainPeer(port).open(
      { connect: {} },
      { subscribe: ["room"] },
      { event: "say", data: ["one"] },
      { subscribe: ["room"] },
      { event: "say", data: ["two"] },
      { unsubscribe: ["room"] },
      { event: "say", data: ["three"] },
    );
    await peer.hears("event");
    peer.say({ ack: 0, data: ["yes"] });
    await peer.hears("unsubscribed");
    await peer.settled();
    const verbs = peer.heard.map((said) => said["event"] ?? Object.keys(said)[0]);
    expect(verbs.filter((verb) => verb !== "pong")).toEqual([
      "connected",
      "may I?",
      "subscribed",
      "said",
      "subscribed",
      "said",
      "unsubscribed",
    ]);
  });

  it("that floods before it is in anywhere, and does not read, is closed as slow", async () => {
    const { port } = await startPlain({ plain: { limits: { earlyAnswerBytes: 500 } } });
    const peer = await new PlainPeer(port).open();
    const flood = Array.from({ length: 200 }, (_, at) => ({ ping: `${at}`.padEnd(60, "x") }));
    peer.say(...flood);
    expect(await peer.ends()).toEqual({ code: 4004, reason: { code: "SLOW", retry: 1_000 } });
  });

  it("is told of each message beyond its rate, and closed when it goes on", async () => {
    const limits = { messagesPerSecond: 1, errorsMax: 3 };
    const { port } = await startPlain({ plain: { limits } });
    const peer = await new PlainPeer(port).open();
    for (let at = 0; at < 10; at++) peer.say({ ping: at });
    expect(await peer.ends()).toEqual({ code: 4005, reason: { code: "RATE", retry: 5_000 } });
    expect(peer.all("pong").slice(0, 2)).toEqual([0, 1]);
    expect(peer.codes()).toEqual(["RATE", "RATE", "RATE"]);
  });

  it("cannot say the words that are between sessions and other clients", async () => {
    const { io, port } = await startPlain({ delivery: {} });
    const heard: unknown[] = [];
    io.on("connection", (socket) => socket.onAny((event) => heard.push(event)));
    const peer = await inNamespace(port, { session: true });
    peer.say({ event: "$emit", data: [1, 0, "x"] }, { event: "$position", data: [99] });
    peer.say({ event: "$emit", data: [], durable: 1 }, { event: "$own" });
    peer.say(
      { position: "made.up" },
      { position: String((peer.all("connected")[0] as Said)["position"]).replace(/\..*/, ".zz") },
    );
    await peer.settled();
    expect(peer.codes()).toEqual([
      "EVENT_RESERVED",
      "EVENT_RESERVED",
      "EVENT_RESERVED",
      "FIELD_INVALID",
      "FIELD_INVALID",
    ]);
    expect(heard).toEqual(["$own"]);
    expect(peer.closed).toBeUndefined();
  });

  it("is told when its session cannot go on", async () => {
    const { io, port } = await startPlain({ delivery: {} });
    const connected = nextSocket(io);
    const peer = await inNamespace(port, { session: true });
    (await connected).client._loseSession();
    expect(await peer.ends()).toEqual({
      code: 4006,
      reason: { code: "SESSION_LOST", retry: 1_000 },
    });
  });

  it("that says nothing is closed in time, whatever binary it announces", async () => {
    const { port } = await startPlain({ connectTimeout: 50 });
    const peer = await new PlainPeer(port).open({ event: "x", binary: 2, namespace: "/nowhere" });
    expect((await peer.ends()).code).toBe(4001);
  });

  it("gets all that has no bound also where others drop", async () => {
    const { io, port } = await startPlain({ pressure: { messages: 1, policy: "drop" } });
    io.on("connection", (socket) => socket.on("ask", (reply) => reply()));
    const peer = await inNamespace(port);
    peer.say(...Array.from({ length: 50 }, (_, id) => ({ event: "ask", id })));
    expect(await peer.hears("ack", 50)).toEqual(Array.from({ length: 50 }, (_, id) => id));
  });

  it("hears what a parser of somebody else has written, and the application hears it", async () => {
    class Encoder {
      encode(packet: unknown): unknown[] {
        return [Buffer.from(JSON.stringify(packet))];
      }
    }
    class Decoder {
      private heard = (_packet: unknown): void => {};
      on(_event: string, heard: (packet: unknown) => void): void {
        this.heard = heard;
      }
      add(chunk: Buffer): void {
        this.heard(JSON.parse(String(chunk)));
      }
      destroy(): void {}
    }
    const { io, port } = await startPlain({ parser: { Encoder, Decoder }, delivery: {} });
    const peer = await inNamespace(port, { session: true });
    io.emit("all", { a: 1 });
    await io.durable.emit("kept", [1]);
    await peer.hears("event", 2);
    expect(peer.heard.filter((it) => "event" in it)).toMatchObject([
      { event: "all", data: [{ a: 1 }] },
      { event: "kept", data: [[1]], position: expect.any(String) },
    ]);
  });
});

describe("what goes to many", () => {
  it("is encoded once in each form, and what goes to one in its own form alone", async () => {
    const { io, port } = await startPlain();
    const peers: PlainPeer[] = await Promise.all([
      inNamespace(port),
      inNamespace(port),
      inNamespace(port, { binary: "base64" }),
      inNamespace(port, { binary: "base64" }),
    ]);
    for (let at = 0; at < 2; at++) {
      const peer = await new PlainPeer(port, "/hawser/ws", ["hawser.v1.msgpack"]).open();
      peer.pack({ type: "connect" });
      await peer.until(() => peer.frames.length === 1);
      peers.push(peer);
    }
    const spies = [jsonVoice, base64Voice, msgpackVoice].map((voice) =>
      vi.spyOn(voice, "translate"),
    );
    const encoded = vi.spyOn(io._codec, "toOutgoing");
    io.emit("price", 17, Buffer.from("x"));
    await Promise.all(peers.slice(0, 4).map((peer) => peer.hears("event")));
    await Promise.all(peers.slice(4).map((peer) => peer.until(() => peer.frames.length === 2)));
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual([1, 1, 1]);
    expect(encoded).toHaveBeenCalledTimes(1);
    expect(peers[0]!.heard.at(-1)).toEqual({
      event: "price",
      data: [17, { $binary: 0 }],
      binary: 1,
    });
    expect(peers[2]!.heard.at(-1)).toEqual({ event: "price", data: [17, { $base64: "eA==" }] });
    expect(peers[4]!.unpacked[1]).toMatchObject({ event: "price", data: [17, Buffer.from("x")] });
    for (const socket of io.sockets.sockets.values()) socket.emit("own");
    await peers[3]!.hears("event", 2);
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual([1, 1, 1]);
    expect(encoded).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });
});
