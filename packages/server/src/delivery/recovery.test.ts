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
  io = withoutNetwork(new Server({ connectionStateRecovery: {}, delivery: {}, ...options }));
  sockets = [];
  io.on("connection", (socket) => void sockets.push(socket));
}
beforeEach(() => start());

/** Keeps what an unmodified client keeps: its pid, and the last string of an event without ack. */
class OldPeer {
  pid: string | undefined;
  sid = "";
  offset: string | undefined;
  readonly heard: unknown[][] = [];
  /** Everything that came on this line, in order: types and events. */
  readonly line: string[] = [];
  conn!: FakeConnection;

  async connect(conn: FakeConnection = new FakeConnection(io)): Promise<this> {
    this.conn = conn;
    this.line.length = 0;
    const said = this.pid === undefined ? {} : { pid: this.pid, offset: this.offset };
    await conn.send(`0${JSON.stringify(said)}`);
    return this.read();
  }

  async read(): Promise<this> {
    await settled();
    await settled();
    for (const text of this.conn.take()) this.take(text);
    return this;
  }

  async drop(): Promise<this> {
    await this.read();
    this.conn.drop("transport close");
    return this;
  }

  private take(text: string): void {
    if (text.startsWith("0")) {
      const { sid, pid } = JSON.parse(text.slice(1)) as { sid: string; pid: string };
      Object.assign(this, { sid, pid });
    }
    this.line.push(text.startsWith("2[") ? `2 ${JSON.parse(text.slice(1))[0]}` : text[0]!);
    if (!text.startsWith("2[")) return;
    const args = JSON.parse(text.slice(1)) as unknown[];
    const last = args.at(-1);
    if (typeof last === "string") this.offset = last;
    this.heard.push(args.slice(0, -1));
  }
}

describe("connection state recovery from the log", () => {
  it("gives an unmodified client back what it missed, after CONNECT, and its id, rooms and data", async () => {
    const peer = await new OldPeer().connect();
    sockets[0]!.data = { name: "ann" };
    await sockets[0]!.join("room");
    io.emit("first", 1);
    await peer.drop();
    const { pid, sid } = peer;
    io.emit("all", 2);
    io.to("room").emit("room", 3, "a string of the app");
    io.to("elsewhere").emit("elsewhere");
    io.to(sid).emit("own", 5);
    io.except("room").emit("not the room");
    io.volatile.emit("volatile");
    await peer.connect();
    expect(peer.line).toEqual(["0", "2 all", "2 room", "2 own"]);
    expect([peer.pid, peer.sid]).toEqual([pid, sid]);
    expect(sockets[1]!.recovered).toBe(true);
    expect(sockets[1]!.data).toEqual({ name: "ann" });
    io.to("room").emit("live", 8);
    await peer.read();
    expect(peer.heard.at(-1)).toEqual(["live", 8]);
  });

  it("recovers after a restart, and nothing comes twice", async () => {
    await io.close();
    const log = memoryLog();
    start({ delivery: { log: lend(log) } });
    const peer = await new OldPeer().connect();
    await sockets[0]!.join("room");
    io.to("room").emit("n", 1);
    await peer.drop();
    io.to("room").emit("n", 2);
    await settled();
    const before = io;
    start({ delivery: { log: lend(log) } });
    await io.delivery!.ready;
    io.to("room").emit("n", 3);
    await peer.connect();
    expect(sockets[0]!.recovered).toBe(true);
    expect(peer.heard.map(([, n]) => n)).toEqual([1, 2, 3]);
    await before.close();
  });

  it("gives every event without acknowledgement an offset that it may be asked for", async () => {
    const peer = await new OldPeer().connect();
    io.volatile.emit("volatile", "text of the app");
    await peer.drop();
    expect(peer.offset).toMatch(/\.0$/);
    io.emit("kept");
    await peer.connect();
    io.volatile.emit("volatile", "again");
    await peer.drop();
    io.emit("kept too");
    await peer.connect();
    expect(sockets.map(({ recovered }) => recovered)).toEqual([false, true, true]);
    expect(peer.heard.filter(([name]) => name !== "volatile")).toEqual([["kept"], ["kept too"]]);
  });

  it("keeps the order of what one client is sent: events, acknowledgements, the end", async () => {
    const peer = await new OldPeer().connect();
    sockets[0]!.on("ask", (ack) => {
      sockets[0]!.emit("before the answer");
      ack();
      sockets[0]!.emit("question", () => {});
      sockets[0]!.emit("bye");
      sockets[0]!.disconnect();
    });
    await peer.conn.send('27["ask"]');
    await peer.read();
    expect(peer.line).toEqual(["0", "2 before the answer", "3", "2", "2 bye", "1"]);
    expect(sockets[0]!.connected).toBe(false);
  });

  it("drops what is volatile while it replays: its offset would hide the rest", async () => {
    const peer = await new OldPeer().connect();
    await peer.drop();
    for (let n = 0; n < 300; n++) io.emit("n", n);
    const cut = new FakeConnection(io);
    cut.flows = false;
    await peer.connect(cut);
    io.volatile.emit("volatile");
    await peer.drop();
    await peer.connect();
    while (peer.heard.length < 300) await peer.read();
    expect(peer.heard.map(([, n]) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it("does not recover a session of which something has been trimmed, and says so by that", async () => {
    await io.close();
    start({ delivery: { retention: { count: 3 } } });
    const peer = await new OldPeer().connect();
    io.emit("seen");
    await peer.drop();
    for (let n = 0; n < 4; n++) io.emit("n", n);
    await peer.connect();
    expect(sockets[1]!.recovered).toBe(false);
    expect(peer.line).toEqual(["0"]);
  });

  it("ends the line when something is trimmed in the midst of a replay: its client is not recovered then", async () => {
    await io.close();
    start({ delivery: { retention: { count: 600 } } });
    const peer = await new OldPeer().connect();
    await peer.drop();
    for (let n = 0; n < 600; n++) io.emit("n", n);
    const slow = new FakeConnection(io);
    slow.flows = false;
    await peer.connect(slow);
    expect(sockets[1]!.recovered).toBe(true);
    for (let n = 0; n < 600; n++) io.emit("later", n);
    await settled();
    slow.flows = true;
    for (const go of slow.stalled.splice(0)) go();
    await peer.read();
    expect(slow.readyState).toBe("closed");
    await peer.connect();
    expect(sockets[2]!.recovered).toBe(false);
  });

  it("takes no offset that it never gave, and no foreign pid", async () => {
    const peer = await new OldPeer().connect();
    io.emit("a");
    await peer.drop();
    const { pid, offset } = peer;
    const wrong = [
      { pid, offset: `${offset!.split(".")[0]}.zz` },
      { pid, offset: "a string of the app" },
      { pid: "nobody", offset },
      { pid: 7 },
    ];
    for (const auth of wrong) {
      const conn = new FakeConnection(io);
      await conn.send(`0${JSON.stringify(auth)}`);
      await settled();
      expect(sockets.at(-1)!.recovered).toBe(false);
    }
  });

  it("closes the older line of a session, and ends it when somebody wanted that", async () => {
    const peer = await new OldPeer().connect();
    const older = peer.conn;
    await peer.connect();
    expect(older.readyState).toBe("closed");
    expect(sockets.map(({ recovered }) => recovered)).toEqual([false, true]);
    expect(io.sockets.sockets.size).toBe(1);
    sockets[1]!.disconnect();
    await peer.read();
    await peer.connect();
    expect(sockets[2]!.recovered).toBe(false);
  });

  it("skips the middlewares, unless told otherwise, and ends the session of one who is refused", async () => {
    let runs = 0;
    let refusal: Error | undefined;
    const use = (): void =>
      void io.use((_socket, next) => {
        runs++;
        next(refusal);
      });
    use();
    const peer = await (await new OldPeer().connect()).drop();
    await peer.connect();
    expect(runs).toBe(1);
    await io.close();
    start({ connectionStateRecovery: { skipMiddlewares: false } });
    use();
    const other = await (await new OldPeer().connect()).drop();
    refusal = new Error("no");
    await other.connect();
    refusal = undefined;
    await other.connect();
    expect(sockets.map(({ recovered }) => recovered)).toEqual([false, false]);
    expect(runs).toBe(4);
  });

  it("has our own client in the same rooms, with the same messages", async () => {
    const old = await new OldPeer().connect();
    const ours = await new DurablePeer(io).connect();
    io.emit("ordinary", 1);
    io.volatile.emit("volatile", 2);
    io.durable.emit("durable", 3).catch(() => {});
    await old.read();
    await ours.read();
    // What is volatile does not wait for the log.
    expect(old.heard).toEqual([
      ["volatile", 2],
      ["ordinary", 1],
      ["durable", 3],
    ]);
    expect(ours.heard).toEqual([
      ["ordinary", 1],
      ["durable", 3],
    ]);
    expect(ours.plain).toEqual([["volatile", 2]]);
  });
});
