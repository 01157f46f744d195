import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { SsePeer, startSse } from "../../../test/sse-peer.ts";
import { lend } from "../../../test/lent-log.ts";
import { memoryLog } from "../../delivery/memory-log.ts";
import { setUser } from "../../delivery/user-room.ts";
import type { Log } from "../../delivery/log.ts";
import type { Server } from "../../server.ts";
import type { Socket } from "../../socket.ts";
import type { SseClient } from "./sse-client.ts";

const connection = async (io: object): Promise<Socket> => {
  const [socket] = (await once(io as never, "connection")) as [Socket];
  return socket;
};

/** Opens a line and waits until it is live. */
async function opened(io: Server, peer: SsePeer): Promise<Socket> {
  const [socket] = await Promise.all([connection(io), peer.open()]);
  await peer.until(() => socket.delivery.live);
  return socket;
}

async function cut(peer: SsePeer, socket: Socket): Promise<void> {
  const left = once(socket, "disconnect");
  peer.cut();
  await left;
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe("recovery by Last-Event-ID", () => {
  it("gives what was said durably while the line was cut: in its rooms, to all, to its user", async () => {
    const { io, port } = await startSse({ delivery: {} });
    io.use((socket, next) => {
      setUser(socket, socket.handshake.auth["token"] as string);
      next();
    });
    const peer = new SsePeer(port, "?room=a&token=ann");
    const socket = await opened(io, peer);
    await peer.until(() => peer.lastEventId !== "");
    const before = await io.to("a").durable.emit("a", 1);
    io.to("a").emit("a", "not logged");
    await peer.hears(2);
    expect(peer.lastEventId).toBe(`${before.epoch}.${before.offset.toString(36)}`);
    await cut(peer, socket);
    await io.to("a").durable.emit("a", 2);
    await io.to("b").durable.emit("b", 2);
    await io.durable.emit("all", 3);
    await io.user("ann").durable.emit("own", 4);
    await io.user("bob").durable.emit("other", 4);
    await io.to("a").except("a").durable.emit("a", "nobody");
    io.to("a").emit("a", "lost");
    await opened(io, peer);
    await io.to("a").durable.emit("a", 5);
    await peer.hears(6);
    expect(peer.events).toEqual([
      ["a", 1],
      ["a", "not logged"],
      ["a", 2],
      ["all", 3],
      ["own", 4],
      ["a", 5],
    ]);
    expect(peer.resets).toEqual([]);
    expect(io.delivery!.counters).toMatchObject({ replayed: 3, sessionsMade: 0 });
    expect(io.delivery!.sessionCount).toBe(0);
  });

  it("goes on with the header when that and the query differ", async () => {
    const { io, port } = await startSse({ delivery: {} });
    const { epoch } = await io.durable.emit("n", 1);
    await io.durable.emit("n", 2);
    await io.durable.emit("n", 3);
    const byQuery = await new SsePeer(port, `?lastEventId=${epoch}.1`).open();
    await byQuery.hears(2);
    expect(byQuery.events).toEqual([
      ["n", 2],
      ["n", 3],
    ]);
    const byHeader = new SsePeer(port, `?lastEventId=${epoch}.1`);
    byHeader.lastEventId = `${epoch}.2`;
    await (await byHeader.open()).hears(1);
    expect(byHeader.events).toEqual([["n", 3]]);
    const fromNow = await new SsePeer(port).open();
    await fromNow.until(() => fromNow.lastEventId === `${epoch}.3`);
    expect(fromNow.events).toEqual([]);
  });

  it("asks for permission again", async () => {
    let isAllowed = true;
    const { io, port } = await startSse({ delivery: {} }, () => isAllowed);
    const peer = new SsePeer(port, "?room=a");
    const socket = await opened(io, peer);
    await cut(peer, socket);
    isAllowed = false;
    await io.to("a").durable.emit("a", 1);
    await peer.open();
    expect(peer.status).toBe(403);
  });

  it("tells of a position that this log never gave", async () => {
    const { io, port } = await startSse({ delivery: {} });
    const { epoch } = await io.durable.emit("n", 1);
    for (const id of ["other.1", `${epoch}.2`, `${epoch}.-1`, `${epoch}.x y`, "7"]) {
      const peer = new SsePeer(port);
      peer.lastEventId = id;
      await peer.open();
      await peer.until(() => peer.lastEventId === `${epoch}.1`);
      expect([id, peer.resets]).toEqual([id, [{ reason: "epoch" }]]);
    }
    expect(io.delivery!.counters.resets.epoch).toBe(5);
  });

  it("tells of a position where there is no log", async () => {
    const { port } = await startSse();
    const peer = new SsePeer(port);
    peer.lastEventId = "a.1";
    await peer.open();
    await peer.until(() => peer.resets.length > 0);
    expect(peer.resets).toEqual([{ reason: "epoch" }]);
  });

  it("tells what is no longer there", async () => {
    const { io, port } = await startSse({ delivery: { retention: { count: 5 } } });
    const peer = new SsePeer(port, "?room=a");
    const socket = await opened(io, peer);
    await peer.until(() => peer.lastEventId !== "");
    await cut(peer, socket);
    for (const n of numbers(1, 20)) await io.to("a").durable.emit("a", n);
    await opened(io, peer);
    await peer.until(() => peer.events.at(-1)?.[1] === 20);
    expect(peer.resets).toContainEqual({ reason: "retention", room: "a" });
    const [first] = peer.events as [string, number][];
    expect(peer.events).toEqual(numbers(first![1], 20).map((n) => ["a", n]));
  });

  it("does not keep silent about rooms that the application puts it in", async () => {
    const { io, port } = await startSse({ delivery: {} });
    io.on("connection", (socket) => void socket.join(["lobby", "quiet"]));
    const peer = new SsePeer(port, "?room=a");
    let socket = await opened(io, peer);
    await io.to("lobby").durable.emit("lobby", 1);
    await peer.hears(1);
    await cut(peer, socket);
    await io.to("a").durable.emit("a", 2);
    socket = await opened(io, peer);
    await peer.hears(2);
    await cut(peer, socket);
    expect(peer.resets).toEqual([]);
    await io.to("lobby").durable.emit("lobby", 3);
    await opened(io, peer);
    await peer.until(() => peer.resets.length > 0);
    await io.to("lobby").durable.emit("lobby", 4);
    await peer.hears(3);
    expect(peer.resets).toEqual([{ reason: "session" }]);
    expect(peer.events).toEqual([
      ["lobby", 1],
      ["a", 2],
      ["lobby", 4],
    ]);
  });

  it("brings a quiet client forward", async () => {
    const { io, port } = await startSse({ delivery: {} });
    const peer = new SsePeer(port);
    const socket = await opened(io, peer);
    const { epoch } = await io.to("elsewhere").durable.emit("x");
    const client = socket.client as unknown as SseClient;
    client.onExpire();
    client.onExpire();
    io.emit("after");
    await peer.hears(1);
    expect(peer.blocks.filter(({ id }) => id === `${epoch}.1`)).toEqual([{ id: `${epoch}.1` }]);
    expect(peer.lastEventId).toBe(`${epoch}.1`);
  });

  it("keeps the order where every event is logged", async () => {
    const options = { delivery: {}, connectionStateRecovery: {} };
    const { io, port } = await startSse(options);
    const peer = new SsePeer(port, "?room=a");
    const socket = await opened(io, peer);
    io.emit("n", 1);
    socket.emit("n", 2);
    io.to("a").volatile.emit("n", 3);
    socket.emit("n", 4);
    socket.disconnect();
    await peer.over();
    expect(peer.events.filter(([, n]) => n !== 3)).toEqual([
      ["n", 1],
      ["n", 2],
      ["n", 4],
    ]);
    expect(peer.heard.at(-1)).toEqual({ disconnect: {} });
    io.emit("n", 5);
    await opened(io, peer);
    await peer.until(() => peer.events.at(-1)?.[1] === 5);
    expect(peer.events.filter(([, n]) => n === 5)).toHaveLength(1);
  });

  it("ends a line whose log cannot be read, so that it comes again", async () => {
    const log = memoryLog();
    let fails = true;
    const flaky: Log = {
      ...lend(log),
      read: (query) => (fails ? Promise.reject(new Error("disk")) : log.read(query)),
    };
    const { io, port } = await startSse({ delivery: { log: flaky } });
    const errors: unknown[] = [];
    io.delivery!.on("error", (error) => errors.push(error.message));
    const { epoch } = await io.durable.emit("n", 1);
    const peer = new SsePeer(port);
    peer.lastEventId = `${epoch}.0`;
    await (await peer.open()).over();
    expect(errors).toEqual(["disk"]);
    expect(peer.lastEventId).toBe(`${epoch}.0`);
    fails = false;
    await (await peer.open()).hears(1);
  });

  it("serves without replay when the log cannot be opened", async () => {
    const log = memoryLog();
    log.open = () => Promise.reject(new Error("no disk"));
    const warned = once(process, "warning");
    const { io, port } = await startSse({ delivery: { log } });
    await warned;
    const peer = new SsePeer(port);
    peer.lastEventId = "a.1";
    await peer.open();
    io.emit("live");
    await peer.hears(1);
    expect(peer.resets).toEqual([{ reason: "epoch" }]);
  });
});

describe("a client that reads slowly", () => {
  it("is given ten thousand logged events, page by page", async () => {
    const { io, port } = await startSse({ delivery: {}, maxBufferedBytes: 600_000 });
    const peer = new SsePeer(port, "?room=a");
    const socket = await opened(io, peer);
    peer.pause();
    const text = "x".repeat(1_000);
    const transport = socket.conn.transport as unknown as { bufferedAmount: number };
    let most = 0;
    for (const n of numbers(1, 10_000)) {
      void io.to("a").durable.emit("n", n, text);
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, transport.bufferedAmount);
    }
    expect(most).toBeLessThan(600_000);
    peer.resume();
    await peer.hears(10_000);
    expect(peer.events.map(([, n]) => n)).toEqual(numbers(1, 10_000));
    expect(io.delivery!.counters.laggards).toBeGreaterThan(0);
  });

  it("is ended when too much waits that is not logged, and recovers what is", async () => {
    const { io, port } = await startSse({ delivery: {}, maxBufferedBytes: 100_000 });
    const peer = new SsePeer(port);
    const socket = await opened(io, peer);
    await peer.until(() => peer.lastEventId !== "");
    peer.pause();
    const left = once(socket, "disconnect");
    const text = "x".repeat(10_000);
    while (socket.connected) {
      io.emit("burst", text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await left)[0]).toBe("transport error");
    await io.durable.emit("kept");
    peer.resume();
    await peer.over();
    await peer.open();
    await peer.until(() => peer.events.at(-1)?.[0] === "kept");
  });
});
