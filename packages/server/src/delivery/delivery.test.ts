import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DurablePeer } from "../../test/durable-peer.ts";
import { FakeConnection, settled, withoutNetwork } from "../../test/fake-connection.ts";
import { lend } from "../../test/lent-log.ts";
import { Server } from "../server.ts";
import { memoryLog } from "./memory-log.ts";
import type { ServerOptions } from "../options.ts";
import type { Socket } from "../socket.ts";

let io: Server;
let sockets: Socket[];
afterEach(() => io.close());

function start(options: Partial<ServerOptions> = {}): void {
  io = withoutNetwork(new Server({ delivery: {}, ...options }));
  sockets = [];
  io.on("connection", (socket) => void sockets.push(socket));
}
beforeEach(() => start());

/** A client that knows nothing of delivery. */
async function plainClient(): Promise<FakeConnection> {
  const conn = new FakeConnection(io);
  await conn.send("0");
  await settled();
  return conn;
}

describe("durable.emit", () => {
  it("is an error of the developer without the option", async () => {
    await io.close();
    start({ delivery: undefined });
    expect(() => io.durable.emit("news")).toThrow(/delivery is off/);
    expect(io.delivery).toBeUndefined();
    await expect(async () => io.history()).rejects.toMatchObject({ code: "DELIVERY_OFF" });
  });

  it("refuses reserved names and acknowledgements at once", () => {
    expect(() => io.durable.emit("connect")).toThrow(/reserved/);
    expect(() => io.durable.emit("news", () => {})).toThrow(/acknowledgement/);
  });

  it("sends to plain clients as ever, and to ours with the offset, which the promise gives", async () => {
    const plain = await plainClient();
    const peer = await new DurablePeer(io).connect();
    plain.take();
    const first = await io.durable.emit("news", 1, { a: "ü" });
    const second = await io.durable.emit("news", 2);
    await peer.read();
    expect(plain.take()).toEqual(['2["news",1,{"a":"ü"}]', '2["news",2]']);
    expect(peer.heard).toEqual([
      ["news", 1, { a: "ü" }],
      ["news", 2],
    ]);
    expect(peer.offsets).toEqual([first.offset, second.offset]);
    expect(second).toEqual({ epoch: first.epoch, offset: first.offset + 1 });
    expect(io.delivery!.position).toEqual(second);
    expect(io.delivery!.counters).toMatchObject({ committed: 2, sent: 4, replayed: 0 });
  });

  it("is held until the log is open, and clients wait for it, too", async () => {
    const said = io.durable.emit("early");
    const peer = await new DurablePeer(io).connect();
    expect((await said).offset).toBe(1);
    await peer.read();
    expect(peer.heard).toEqual([]);
    expect(peer.greeting).toMatchObject({ v: 1, recovered: false, accepted: 0 });
  });

  it("means those who are there at the moment of emit, however long the log takes", async () => {
    const peer = await new DurablePeer(io).connect();
    const other = await new DurablePeer(io).connect();
    await sockets[0]!.join("room");
    void io.to("room").durable.emit("in the room");
    void sockets[0]!.leave("room");
    void sockets[1]!.join("room");
    void io.to("room").durable.emit("in it now");
    await peer.read();
    await other.read();
    expect(peer.heard).toEqual([["in the room"]]);
    expect(other.heard).toEqual([["in it now"]]);
  });

  it("honours rooms, except, and the sender's absence in a broadcast of its own", async () => {
    const [a, b, c] = await Promise.all([0, 1, 2].map(() => new DurablePeer(io).connect()));
    await sockets[0]!.join(["x", "y"]);
    await sockets[1]!.join("x");
    void io.to(["x", "y"]).except("y").durable.emit("x without y");
    void sockets[1]!.to("x").durable.emit("x without b");
    void sockets[2]!.broadcast.durable.emit("all without c");
    void sockets[2]!.durable.emit("c alone");
    await Promise.all([a!.read(), b!.read(), c!.read()]);
    expect(a!.heard).toEqual([["x without b"], ["all without c"]]);
    expect(b!.heard).toEqual([["x without y"], ["all without c"]]);
    expect(c!.heard).toEqual([["c alone"]]);
  });

  it("keeps the namespaces apart", async () => {
    io.of("/a").on("connection", () => {});
    const peer = await new DurablePeer(io, "/a").connect();
    void io.durable.emit("main");
    void io.of("/a").durable.emit("a", 1);
    await peer.read();
    expect(peer.heard).toEqual([["a", 1]]);
    await peer.drop().connect();
    expect(peer.heard).toEqual([["a", 1]]);
    expect(peer.greeting!.recovered).toBe(true);
  });

  it("carries binary, live and replayed, as it was when it was emitted", async () => {
    const peer = await new DurablePeer(io).connect();
    const bytes = Buffer.from([1, 2, 3]);
    void io.durable.emit("bytes", { bytes });
    bytes[0] = 9;
    await settled();
    expect(peer.conn.sent.at(-1)).toBe(
      '51-["$durable",1,"bytes",{"bytes":{"_placeholder":true,"num":0}}]',
    );
    expect([...peer.conn.sentBinary.at(-1)!]).toEqual([1, 2, 3]);
    await peer.drop().connect();
    expect([...peer.conn.sentBinary.at(-1)!]).toEqual([1, 2, 3]);
    const { events } = await io.history();
    expect(events[0]).toMatchObject({ event: "bytes", args: [{ bytes: Buffer.from([1, 2, 3]) }] });
  });

  it("reports a log that fails, and goes on", async () => {
    await io.close();
    const log = memoryLog();
    start({ delivery: { log } });
    const errors: string[] = [];
    io.delivery!.on("error", (error) => void errors.push(error.message));
    const peer = await new DurablePeer(io).connect();
    const commit = log.commit.bind(log);
    log.commit = () => Promise.reject(new Error("disk full"));
    const lost = io.durable.emit("lost");
    await expect(lost).rejects.toThrow("disk full");
    log.commit = commit;
    void io.durable.emit("kept");
    await peer.read();
    expect(peer.heard).toEqual([["kept"]]);
    expect(new Set(errors)).toEqual(new Set(["disk full"]));
    await peer.drop().connect();
    expect(peer.heard).toEqual([["kept"]]);
  });
});

describe("a session", () => {
  it("comes back with its id, rooms and data, and is given what it missed, in order, before it is live", async () => {
    const peer = await new DurablePeer(io).connect({ token: "t" });
    const { sid } = peer;
    await sockets[0]!.join("room");
    sockets[0]!.data = { name: "ann" };
    void io.durable.emit("first");
    await peer.read();
    peer.drop();
    void io.durable.emit("all", 1);
    void io.to("room").durable.emit("room", 2);
    void io.to("elsewhere").durable.emit("elsewhere", 3);
    void io.except("room").durable.emit("not the room", 4);
    void io.to(sid).durable.emit("own", 5);
    await peer.connect({ token: "t" });
    expect(peer.sid).toBe(sid);
    expect(peer.greeting!.recovered).toBe(true);
    expect(peer.heard).toEqual([["first"], ["all", 1], ["room", 2], ["own", 5]]);
    expect(peer.live).toBe(true);
    const back = sockets[1]!;
    expect(back.recovered).toBe(true);
    expect(back.data).toEqual({ name: "ann" });
    expect([...back.rooms].toSorted()).toEqual([sid, "room"].toSorted());
    expect(back.handshake.auth).toEqual({ token: "t" });
    void io.to("room").durable.emit("live");
    await peer.read();
    expect(peer.heard.at(-1)).toEqual(["live"]);
    expect(peer.resets).toEqual([]);
    expect(io.delivery!.counters).toMatchObject({ sessionsMade: 1, sessionsRecovered: 1 });
  });

  it("comes back twice in a row, also when nothing was handled between, and gets nothing twice", async () => {
    const peer = await new DurablePeer(io).connect();
    for (let round = 0; round < 3; round++) {
      peer.drop();
      void io.durable.emit("n", round);
      await peer.connect();
    }
    expect(peer.heard).toEqual([
      ["n", 0],
      ["n", 1],
      ["n", 2],
    ]);
  });

  it("rotates its secret, takes the one before until the new one was used, and no other", async () => {
    const peer = await new DurablePeer(io).connect();
    const first = peer.session!;
    await peer.drop().connect();
    const second = peer.session!;
    expect(second.id).toBe(first.id);
    expect(second.secret).not.toBe(first.secret);
    // The answer with the second was lost.
    peer.session = first;
    await peer.drop().connect();
    expect(peer.greeting!.recovered).toBe(true);
    await peer.drop().connect();
    expect(peer.greeting!.recovered).toBe(true);
    peer.session = { ...peer.session, secret: first.secret };
    await peer.drop().connect();
    expect(peer.greeting!.recovered).toBe(false);
    expect(peer.session.id).not.toBe(first.id);
    expect(peer.resets).toEqual([{ reason: "session" }]);
  });

  it("has one line: the newer connection wins, and the older is told", async () => {
    const peer = await new DurablePeer(io).connect();
    await sockets[0]!.join("room");
    const reasons: string[] = [];
    sockets[0]!.on("disconnect", (reason) => void reasons.push(reason));
    const twin = new DurablePeer(io);
    twin.session = peer.session;
    twin.position = peer.position;
    await twin.connect();
    await peer.read();
    expect(peer.fenced).toBe(true);
    expect(peer.disconnected).toBe(true);
    expect(reasons).toEqual(["server namespace disconnect"]);
    expect(twin.greeting!.recovered).toBe(true);
    void io.to("room").durable.emit("once");
    await peer.read();
    await twin.read();
    expect(peer.heard).toEqual([]);
    expect(twin.heard).toEqual([["once"]]);
    expect(io.sockets.sockets.size).toBe(1);
  });

  it("runs the middlewares again; a refusal leaves the session to be come back for", async () => {
    let isGood = true;
    io.use((socket, next) => {
      if (socket.recovered) expect([...socket.rooms]).toContain("room");
      next(isGood ? undefined : new Error("token expired"));
    });
    const peer = await new DurablePeer(io).connect();
    await sockets[0]!.join("room");
    isGood = false;
    peer.drop();
    void io.to("room").durable.emit("missed");
    await peer.connect();
    expect(peer.errors).toEqual([{ message: "token expired" }]);
    isGood = true;
    await peer.connect();
    expect(peer.greeting!.recovered).toBe(true);
    expect(peer.heard).toEqual([["missed"]]);
  });

  it("tells a client of another log that everything may be missing", async () => {
    const peer = await new DurablePeer(io).connect();
    void io.durable.emit("before");
    await peer.read();
    await io.close();
    start();
    const again = Object.assign(new DurablePeer(io), {
      session: peer.session,
      position: peer.position,
    });
    await again.connect();
    expect(again.greeting!.recovered).toBe(false);
    expect(again.resets).toEqual([{ reason: "epoch" }]);
    expect(again.greeting!.position).toEqual({ epoch: io.delivery!.position!.epoch, offset: 0 });
  });

  it("does not trust a position that was never given", async () => {
    const peer = await new DurablePeer(io).connect();
    void io.durable.emit("a");
    await peer.read();
    await peer.send("$position", 1);
    peer.drop();
    void io.durable.emit("b");
    peer.position = { ...peer.position!, offset: 4_000 };
    await peer.connect();
    // Either its client lies, or the log has lost its end: in both cases nothing can be gone on with.
    expect(peer.greeting!.recovered).toBe(false);
    expect(peer.resets).toEqual([{ reason: "epoch" }]);
    expect(peer.greeting!.position.offset).toBe(2);
    await peer.send("$position", 4_000);
    expect(peer.conn.readyState).toBe("closed");
  });

  it("is over after its time", async () => {
    await io.close();
    start({ delivery: { session: { age: 1 } } });
    const peer = await new DurablePeer(io).connect();
    peer.drop();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await peer.connect();
    expect(peer.greeting!.recovered).toBe(false);
    expect(peer.resets).toEqual([{ reason: "session" }]);
  });

  it("survives the server, when the log does: rooms, data, position, what was missed", async () => {
    await io.close();
    const log = memoryLog();
    start({ delivery: { log: lend(log) } });
    const peer = await new DurablePeer(io).connect();
    sockets[0]!.data.name = "ann";
    await sockets[0]!.join("room");
    void io.to("room").durable.emit("one");
    await peer.read();
    const { sid } = peer;
    // A kill: nothing is said to anyone, and nothing is saved any more.
    const before = io;
    start({ delivery: { log: lend(log) } });
    Object.assign(peer, { io });
    await io.delivery!.ready;
    void io.to("room").durable.emit("two");
    await peer.connect();
    expect(peer.greeting!.recovered).toBe(true);
    expect(peer.sid).toBe(sid);
    expect(sockets[0]!.data).toEqual({ name: "ann" });
    expect(sockets[0]!.rooms.has("room")).toBe(true);
    expect(peer.heard).toEqual([["one"], ["two"]]);
    expect(peer.resets).toEqual([]);
    await before.close();
  });
});

describe("a replay", () => {
  async function missed(count: number): Promise<DurablePeer> {
    const peer = await new DurablePeer(io).connect();
    peer.drop();
    for (let n = 0; n < count; n++) void io.durable.emit("n", n);
    await settled();
    return peer;
  }

  it("waits for the line between its pages, and comes live without a gap or a repeat", async () => {
    const peer = await missed(600);
    peer.conn = new FakeConnection(io);
    peer.conn.flows = false;
    peer.live = false;
    await peer.join();
    expect(peer.heard.length).toBe(256);
    void io.durable.emit("n", 600);
    await peer.read();
    expect(peer.heard.length).toBe(256);
    expect(peer.live).toBe(false);
    while (!peer.live) {
      for (const go of peer.conn.stalled.splice(0)) go();
      await peer.read();
    }
    void io.durable.emit("n", 601);
    await peer.read();
    expect(peer.heard.map(([, n]) => n)).toEqual(Array.from({ length: 602 }, (_, n) => n));
  });

  it("takes the place of what comes when a line does not take that: what waits has a bound", async () => {
    const peer = await new DurablePeer(io).connect();
    peer.conn.flows = false;
    const text = "x".repeat(10_000);
    for (let n = 0; n < 300; n++) await io.durable.emit("n", n, text);
    await peer.read();
    expect(peer.heard.length).toBeLessThan(40);
    expect(io.delivery!.counters.laggards).toBe(1);
    peer.live = false;
    peer.conn.flows = true;
    for (const go of peer.conn.stalled.splice(0)) go();
    while (!peer.live) await peer.read();
    await io.durable.emit("n", 300, text);
    await peer.read();
    expect(peer.heard.map(([, n]) => n)).toEqual(Array.from({ length: 301 }, (_, n) => n));
    expect(peer.repeats).toBe(0);
  });

  it("goes on where it was when the line breaks in the middle, twice", async () => {
    const peer = await missed(1_000);
    for (let round = 0; round < 2; round++) {
      peer.conn = new FakeConnection(io);
      peer.conn.flows = false;
      await peer.join();
      expect(peer.heard.length).toBe(256 * (round + 1));
      void io.durable.emit("n", 1_000 + round);
      peer.drop();
    }
    await peer.connect();
    while (!peer.live) await peer.read();
    expect(peer.heard.map(([, n]) => n)).toEqual(Array.from({ length: 1_002 }, (_, n) => n));
  });

  it("tells exactly the rooms that have lost something", async () => {
    await io.close();
    start({ delivery: { retention: { count: 10 } } });
    const peer = await new DurablePeer(io).connect();
    await sockets[0]!.join(["quiet", "loud"]);
    void io.to("quiet").durable.emit("handled");
    await peer.read();
    peer.drop();
    for (let n = 0; n < 11; n++) void io.to("loud").durable.emit("loud", n);
    for (let n = 0; n < 50; n++) void io.to("elsewhere").durable.emit("x");
    for (let n = 0; n < 5; n++) void io.to("quiet").durable.emit("quiet", n);
    await peer.connect();
    while (!peer.live) await peer.read();
    expect(peer.resets).toEqual([{ reason: "retention", room: "loud" }]);
    expect(peer.heard.slice(1)).toEqual([0, 1, 2, 3, 4].map((n) => ["quiet", n]));
    expect(io.delivery!.counters.resets.retention).toBe(1);
  });

  it("has what was emitted before it came and is still on its way into the log", async () => {
    await io.close();
    const log = memoryLog();
    start({ delivery: { log } });
    const peer = await new DurablePeer(io).connect();
    peer.drop();
    await settled();
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const commit = log.commit.bind(log);
    log.commit = (batch) =>
      batch.entries.length === 0 ? commit(batch) : gate.then(() => commit(batch));
    void io.durable.emit("on its way");
    await peer.connect();
    expect(peer.live).toBe(false);
    open();
    while (!peer.live) await peer.read();
    expect(peer.heard).toEqual([["on its way"]]);
  });
});
