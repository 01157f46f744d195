import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../../test/fake-connection.ts";
import { Server } from "../server.ts";
import type { ServerOptions } from "../options.ts";
import type { Socket } from "../socket.ts";

let io: Server;
let sockets: Socket[];
afterEach(() => io.close());

function start(options: Partial<ServerOptions> = {}): void {
  io = withoutNetwork(new Server({ connectionStateRecovery: {}, ...options }));
  sockets = [];
  io.on("connection", (socket) => void sockets.push(socket));
}
beforeEach(() => start());

interface Greeting {
  sid: string;
  pid: string;
}

/** A client that keeps what an unmodified one keeps: its pid, and the last string of an event without ack. */
class Peer {
  greeting: Greeting | undefined;
  offset: string | undefined;
  readonly heard: unknown[][] = [];
  conn!: FakeConnection;

  async connect(auth: Record<string, unknown> = {}): Promise<this> {
    this.conn = new FakeConnection(io);
    const { pid } = this.greeting ?? {};
    const said = { ...auth, ...(pid === undefined ? {} : { pid, offset: this.offset }) };
    await this.conn.send(`0${JSON.stringify(said)}`);
    await settled();
    return this.read();
  }

  read(): this {
    for (const text of this.conn.take()) {
      if (text.startsWith("0")) this.greeting = JSON.parse(text.slice(1)) as Greeting;
      if (!text.startsWith("2[")) continue;
      const args = JSON.parse(text.slice(1)) as unknown[];
      const last = args.at(-1);
      if (typeof last === "string") this.offset = last;
      this.heard.push(args.slice(0, -1));
    }
    return this;
  }

  drop(): this {
    this.read();
    this.conn.drop("transport close");
    return this;
  }
}

describe("connection state recovery", () => {
  it("is not there unless it is asked for", async () => {
    await io.close();
    io = withoutNetwork(new Server());
    const conn = new FakeConnection(io);
    await conn.send("0");
    io.emit("news", 1);
    expect(conn.take()).toEqual([expect.stringMatching(/^0\{"sid":"[^"]+"\}$/), '2["news",1]']);
  });

  it("gives back id, rooms, data and what was missed, in order, after CONNECT", async () => {
    const peer = await new Peer().connect();
    sockets[0]!.data = { name: "ann" };
    await sockets[0]!.join("room");
    const { sid, pid } = peer.greeting!;
    io.emit("first", 1);
    peer.drop();
    io.emit("all", 2);
    io.to("room").emit("room", 3);
    io.to("elsewhere").emit("elsewhere", 4);
    io.to(sid).emit("own", 5);
    io.except("room").emit("not the room", 6);
    io.volatile.emit("volatile", 7);

    peer.conn = new FakeConnection(io);
    await peer.conn.send(`0${JSON.stringify({ pid, offset: peer.offset })}`);
    await settled();
    expect(peer.conn.sent[0]).toBe(`0${JSON.stringify({ sid, pid })}`);
    peer.read();
    expect(peer.heard).toEqual([
      ["first", 1],
      ["all", 2],
      ["room", 3],
      ["own", 5],
    ]);
    const back = sockets[1]!;
    expect(back.recovered).toBe(true);
    expect(back.id).toBe(sid);
    expect(back.data).toEqual({ name: "ann" });
    expect([...back.rooms].toSorted()).toEqual([sid, "room"].toSorted());
    io.to("room").emit("live", 8);
    expect(peer.read().heard.at(-1)).toEqual(["live", 8]);
  });

  it("recovers before any event was received", async () => {
    const peer = (await new Peer().connect()).drop();
    io.emit("missed", 1);
    await peer.connect();
    expect(sockets[1]!.recovered).toBe(true);
    expect(peer.heard).toEqual([["missed", 1]]);
  });

  it("recovers when nothing was sent at all", async () => {
    const peer = (await new Peer().connect()).drop();
    await peer.connect();
    expect(sockets[1]!.recovered).toBe(true);
    expect(peer.heard).toEqual([]);
  });

  it("recovers twice in a row without sending the same events again", async () => {
    const peer = await new Peer().connect();
    io.emit("a");
    peer.drop();
    io.emit("b");
    await peer.connect();
    peer.drop();
    await peer.connect();
    peer.drop();
    io.emit("c");
    await peer.connect();
    expect(sockets.map((socket) => socket.recovered)).toEqual([false, true, true, true]);
    expect(peer.heard).toEqual([["a"], ["b"], ["c"]]);
  });

  it("sends again what a line lost when it died in the midst of the replay", async () => {
    const peer = (await new Peer().connect()).drop();
    io.emit("a");
    io.emit("b");
    const { pid } = peer.greeting!;
    const cut = new FakeConnection(io);
    await cut.send(`0${JSON.stringify({ pid })}`);
    await settled();
    // The client got CONNECT and the first event.
    peer.conn = cut;
    cut.sent.length = 2;
    peer.drop();
    await peer.connect();
    expect(peer.heard).toEqual([["a"], ["b"]]);
  });

  it("never has two live sockets of one session: the older line is closed", async () => {
    const peer = await new Peer().connect();
    const older = peer.conn;
    io.emit("seen");
    peer.read();
    await peer.connect();
    expect(older.readyState).toBe("closed");
    expect(sockets[0]!.connected).toBe(false);
    expect(sockets[1]!.recovered).toBe(true);
    expect(io.sockets.sockets.size).toBe(1);
  });

  it("gives a session to one of two lines that ask at once, and keeps it for the next", async () => {
    const peer = (await new Peer().connect()).drop();
    const said = `0${JSON.stringify({ pid: peer.greeting!.pid })}`;
    const [one, two] = [new FakeConnection(io), new FakeConnection(io)];
    one.receive(said);
    two.receive(said);
    await settled();
    const recovered = sockets.filter((socket) => socket.recovered && socket.connected);
    expect(recovered.length).toBe(1);
    const ids = sockets.filter((socket) => socket.connected).map((socket) => socket.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("starts a new session for an unknown pid, a foreign offset and another server's offset", async () => {
    const peer = (await new Peer().connect()).drop();
    const { pid } = peer.greeting!;
    for (const auth of [{ pid: "nobody" }, { pid, offset: "a string of the app" }]) {
      const conn = new FakeConnection(io);
      await conn.send(`0${JSON.stringify(auth)}`);
      await settled();
      expect(sockets.at(-1)!.recovered).toBe(false);
    }
    expect(new Set(sockets.map((socket) => socket.id)).size).toBe(3);
  });

  it("does not take a position that it never gave out", async () => {
    const peer = await new Peer().connect();
    io.emit("a");
    peer.drop();
    peer.offset = `${peer.offset!.split(".")[0]}.zz`;
    await peer.connect();
    expect(sockets[1]!.recovered).toBe(false);
  });

  it("does not replay an earlier session's events for the offset of that session", async () => {
    const peer = await new Peer().connect();
    io.emit("a");
    peer.read();
    const stale = peer.offset;
    io.emit("b");
    sockets[0]!.disconnect();
    peer.greeting = undefined;
    await peer.connect();
    peer.drop();
    peer.offset = stale;
    io.emit("c");
    peer.heard.length = 0;
    await peer.connect();
    expect(peer.heard).toEqual([["c"]]);
  });

  it("has no session after either side disconnected on purpose", async () => {
    const one = await new Peer().connect();
    await one.conn.send("1");
    await one.connect();
    expect(sockets[1]!.recovered).toBe(false);
    sockets[1]!.disconnect(true);
    await one.connect();
    expect(sockets[2]!.recovered).toBe(false);
  });

  it("gives every event without acknowledgement an offset, and none to others", async () => {
    const conn = new FakeConnection(io);
    await conn.send("0");
    conn.take();
    io.emit("kept");
    io.volatile.emit("volatile");
    sockets[0]!.emit("own", "x");
    sockets[0]!.emit("ack", () => {});
    io.timeout(1000).emit("acks", () => {});
    const [kept, volatile, own, ack, acks] = conn.take().map((text) => text.replace(/^2/, ""));
    const [first] = JSON.parse(kept!).slice(-1) as string[];
    expect(JSON.parse(volatile!)).toEqual(["volatile", first]);
    expect(JSON.parse(own!)).toEqual(["own", "x", expect.not.stringMatching(first!)]);
    expect(ack).toBe('0["ack"]');
    expect(acks).toBe('1["acks"]');
    await conn.send("31[]");
  });

  it("does not replay what a room got before the socket joined it, and replays what it left behind", async () => {
    const peer = await new Peer().connect();
    const { sid } = peer.greeting!;
    io.emit("seen");
    peer.read();
    io.to("room").emit("before");
    await sockets[0]!.join("room");
    io.to("room").emit("lost on the line");
    await sockets[0]!.leave("room");
    io.to("room").emit("after");
    peer.conn.take();
    peer.drop();
    await peer.connect();
    expect(peer.greeting!.sid).toBe(sid);
    expect(peer.heard).toEqual([["seen"], ["lost on the line"]]);
  });

  it("replays what was emitted, not what became of the object since", async () => {
    const peer = (await new Peer().connect()).drop();
    const state = { count: 1 };
    io.emit("state", state);
    state.count = 2;
    await peer.connect();
    expect(peer.heard).toEqual([["state", { count: 1 }]]);
  });

  it("skips the middlewares for a session that comes back, unless told otherwise", async () => {
    let runs = 0;
    io.use((_socket, next) => {
      runs++;
      next();
    });
    const peer = (await new Peer().connect()).drop();
    await peer.connect();
    expect(runs).toBe(1);

    await io.close();
    start({ connectionStateRecovery: { skipMiddlewares: false } });
    io.use((_socket, next) => {
      runs++;
      next();
    });
    const other = (await new Peer().connect()).drop();
    await other.connect();
    expect(runs).toBe(3);
    expect(sockets[1]!.recovered).toBe(true);
  });

  it("keeps the session of a line that dies while middlewares look at it", async () => {
    await io.close();
    start({ connectionStateRecovery: { skipMiddlewares: false } });
    let goOn = (): void => {};
    let hold = false;
    io.use((_socket, next) => {
      if (hold) goOn = next;
      else next();
    });
    const peer = (await new Peer().connect()).drop();
    io.emit("missed");
    hold = true;
    await peer.connect();
    peer.drop();
    goOn();
    hold = false;
    await peer.connect();
    expect(sockets.map((socket) => socket.recovered)).toEqual([false, true]);
    expect(peer.heard).toEqual([["missed"]]);
  });

  it("ends the session of a client whom a middleware refuses", async () => {
    await io.close();
    start({ connectionStateRecovery: { skipMiddlewares: false } });
    let refuse = false;
    io.use((_socket, next) => next(refuse ? new Error("no") : undefined));
    const peer = (await new Peer().connect()).drop();
    refuse = true;
    await peer.connect();
    refuse = false;
    await peer.connect();
    expect(sockets.map((socket) => socket.recovered)).toEqual([false, false]);
  });

  it("keeps an empty child namespace for as long as somebody may come back to it", async () => {
    await io.close();
    const connectionStateRecovery = { maxDisconnectionDuration: 1_000 };
    start({ cleanupEmptyChildNamespaces: true, connectionStateRecovery });
    io.of(/^\/game/).on("connection", (socket) => void sockets.push(socket));
    const connect = async (auth: object): Promise<FakeConnection> => {
      const conn = new FakeConnection(io);
      await conn.send(`0/game,${JSON.stringify(auth)}`);
      await settled();
      return conn;
    };
    const first = await connect({});
    const { pid } = JSON.parse(first.sent[0]!.slice("0/game,".length)) as Greeting;
    first.drop("transport close");
    const second = await connect({ pid });
    expect(sockets[1]!.recovered).toBe(true);
    second.drop("transport close");
    expect(io._nsps.has("/game")).toBe(true);
    await vi.waitFor(() => expect(io._nsps.has("/game")).toBe(false), { timeout: 5_000 });
  });

  it("hands an adapter's own sessions and packets over", async () => {
    const peer = (await new Peer().connect()).drop();
    io.emit("missed", { deep: [Buffer.from("ab")] });
    const session = await io.sockets.adapter.restoreSession(peer.greeting!.pid, "");
    const [event] = session!.missedPackets;
    expect(event!.slice(0, 2)).toEqual(["missed", { deep: [Buffer.from("ab")] }]);
    expect(session!.sid).toBe(peer.greeting!.sid);
  });

  it("fails closed when the adapter's store fails", async () => {
    const peer = (await new Peer().connect()).drop();
    io.sockets.adapter.restoreSession = () => Promise.reject(new Error("the store is down"));
    await peer.connect();
    expect(sockets[1]!.recovered).toBe(false);
  });

  it("starts a new session with adapters from npm that know nothing of sessions", async () => {
    const peer = (await new Peer().connect()).drop();
    const { adapter } = io.sockets;
    adapter.restoreSession = () => null as never;
    await peer.connect();
    adapter.restoreSession = () => {
      throw new Error("not there");
    };
    peer.drop();
    await peer.connect();
    expect(sockets.map((socket) => socket.recovered)).toEqual([false, false, false]);
  });

  it("fills in the settings for adapters, and checks them", () => {
    expect(io._opts.connectionStateRecovery).toEqual({
      maxDisconnectionDuration: 120_000,
      skipMiddlewares: true,
    });
    const wrong = { connectionStateRecovery: { maxDisconnectionDuration: -1 } };
    expect(() => new Server(wrong)).toThrow("connectionStateRecovery.maxDisconnectionDuration");
  });
});
