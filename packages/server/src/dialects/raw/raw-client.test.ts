import { describe, expect, it } from "vitest";
import { PlainPeer, startPlain } from "../../../test/plain-peer.ts";
import type { PlainOptions } from "../options.ts";

const start = (more: Partial<PlainOptions> = {}): ReturnType<typeof startPlain> =>
  startPlain({ plain: [{ path: "/raw", mode: "raw", ...more }, { path: "/hawser/ws" }] });

const open = (port: number): Promise<PlainPeer> => new PlainPeer(port, "/raw", []).open();

describe("a raw client", () => {
  it("says and hears bare frames, in the same rooms as others", async () => {
    const { io, port } = await start();
    io.on("connection", (socket) => {
      void socket.join("room");
      socket.on("message", (data) => io.to("room").emit("message", data));
      socket.on("other", () => io.to("room").emit("other", 1));
    });
    const raw = await open(port);
    const plain = await new PlainPeer(port).open({ connect: {} });
    await plain.hears("connected");
    raw.say("text", new Uint8Array([1, 2]));
    await raw.until(() => raw.frames.length === 2);
    expect(raw.frames).toEqual(["text", Buffer.from([1, 2])]);
    plain.say({ event: "other" }, { event: "message", data: ["from plain"] });
    await raw.until(() => raw.frames.length === 3);
    expect(raw.frames[2]).toBe("from plain");
    expect(await plain.hears("event", 4)).toEqual(["message", "message", "other", "message"]);
  });

  it("is understood by decode and answered by encode, which is asked once for all", async () => {
    const made: string[] = [];
    const { io, port } = await start({
      namespace: "/feed",
      decode: (frame) =>
        String(frame) === "-" ? undefined : ["word", ...String(frame).split(" ")],
      encode: (event, args) => {
        made.push(event);
        return event === "secret" ? undefined : `${event}:${args.join("+")}`;
      },
    });
    io.of("/feed").on("connection", (socket) => {
      socket.on("word", (...words) => io.of("/feed").emit("words", ...words));
    });
    const peers = [await open(port), await open(port)];
    peers[0]!.say("-", "hello", "a b");
    for (const peer of peers) await peer.until(() => peer.frames.length >= 1);
    io.of("/feed").emit("secret");
    io.of("/feed").emit("end");
    for (const peer of peers) await peer.until(() => peer.frames.at(-1) === "end:");
    expect(peers[0]!.frames).toEqual(["words:hello", "words:a+b", "end:"]);
    expect(made).toEqual(["words", "words", "secret", "end"]);
  });

  it("does not throw into the application: what decode cannot read is its own mistake", async () => {
    const { io, port } = await start({
      decode: (frame) => JSON.parse(String(frame)),
      limits: { errorsMax: 4 },
    });
    const heard: unknown[] = [];
    io.on("connection", (socket) => {
      socket.onAny((...event) => {
        heard.push(event);
        socket.emit("message", "heard");
      });
    });
    const peer = await open(port);
    peer.say("{", '["disconnect"]', '["fine",1]', "5");
    await peer.until(() => peer.frames.length === 1);
    peer.say("[7]");
    expect(await peer.ends()).toEqual({
      code: 4000,
      reason: { code: "ERRORS_TOO_MANY", retry: false },
    });
    expect(heard).toEqual([["fine", 1]]);
    expect(io.badInput.counts.get("RAW_FRAME")).toBe(4);
  });

  it("cannot answer, and is not waited for", async () => {
    const { io, port } = await start();
    const connected = new Promise<{ emitWithAck(event: string): Promise<unknown> }>((resolve) =>
      io.on("connection", resolve as never),
    );
    await open(port);
    await expect((await connected).emitWithAck("ask")).rejects.toMatchObject({
      code: "ACK_IMPOSSIBLE",
    });
    expect(await io.timeout(60_000).emitWithAck("ask")).toEqual([]);
  });

  it("has its rate", async () => {
    const { port } = await start({ limits: { messagesPerSecond: 1 } });
    const peer = await open(port);
    peer.say("1", "2", "3");
    expect((await peer.ends()).code).toBe(4005);
  });
});
