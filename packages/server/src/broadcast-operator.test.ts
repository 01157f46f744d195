import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../test/fake-connection.ts";
import { Server } from "./server.ts";
import type { Socket } from "./socket.ts";

let io: Server;
let conns: FakeConnection[];
let sockets: Socket[];

/** Four clients: a and b in "odd", c and d in "even", b and c in "middle". */
beforeEach(async () => {
  io = withoutNetwork(new Server());
  sockets = [];
  io.on("connection", (socket) => void sockets.push(socket));
  conns = [1, 2, 3, 4].map(() => new FakeConnection(io));
  for (const conn of conns) await conn.send("0");
  for (const conn of conns) conn.take();
  const [a, b, c, d] = sockets as [Socket, Socket, Socket, Socket];
  void a.join("odd");
  void b.join(["odd", "middle"]);
  void c.join(["even", "middle"]);
  void d.join("even");
});
afterEach(() => io.close());

/** Which of the clients got something, each as often as it got it. */
const got = (): string =>
  conns.map((conn, index) => "abcd"[index]!.repeat(conn.take().length)).join("");

describe("who is meant", () => {
  it("everyone", () => {
    io.emit("x");
    expect(got()).toBe("abcd");
  });
  it("one room", () => {
    io.to("odd").emit("x");
    expect(got()).toBe("ab");
  });
  it("several rooms, each member once", () => {
    io.to("odd").to("middle").emit("x");
    expect(got()).toBe("abc");
    io.in(["odd", "even", "middle"]).emit("x");
    expect(got()).toBe("abcd");
  });
  it("all but rooms", () => {
    io.except("middle").emit("x");
    expect(got()).toBe("ad");
    io.to("odd").except(["middle", "even"]).emit("x");
    expect(got()).toBe("a");
  });
  it("all but the sender", () => {
    sockets[0]!.broadcast.emit("x");
    expect(got()).toBe("bcd");
    sockets[0]!.to("odd").emit("x");
    expect(got()).toBe("b");
    sockets[0]!.except("even").emit("x");
    expect(got()).toBe("b");
    sockets[0]!.local.emit("x");
    expect(got()).toBe("bcd");
  });
  it("one socket by its id", () => {
    io.to(sockets[2]!.id).emit("x");
    expect(got()).toBe("c");
  });
  it("nobody, when the room is not there", () => {
    io.to("nowhere").emit("x");
    expect(got()).toBe("");
  });
  it("a step does not change the broadcast it came from", () => {
    const odd = io.to("odd");
    odd.except("middle").emit("x");
    expect(got()).toBe("a");
    odd.emit("x");
    expect(got()).toBe("ab");
  });
});

describe("what can be done to many", () => {
  it("join and leave", () => {
    io.in("odd").socketsJoin(["new", "newer"]);
    io.to("new").emit("x");
    expect(got()).toBe("ab");
    io.in("newer").socketsLeave("new");
    io.to("new").emit("x");
    expect(got()).toBe("");
    expect(io.sockets.adapter.rooms.has("new")).toBe(false);
  });
  it("disconnect", () => {
    io.in("odd").disconnectSockets();
    expect(conns.map((conn) => conn.take())).toEqual([["1"], ["1"], [], []]);
    io.disconnectSockets(true);
    expect(conns.map((conn) => conn.readyState)).toEqual(["open", "open", "closed", "closed"]);
  });
  it("fetch", async () => {
    sockets[1]!.data = { name: "b" };
    const found = await io.in("middle").fetchSockets();
    expect(found.map((socket) => socket.id)).toEqual([sockets[1]!.id, sockets[2]!.id]);
    expect(found[0]!.data).toEqual({ name: "b" });
    expect(found[0]!.rooms).toEqual(new Set([sockets[1]!.id, "odd", "middle"]));
    expect(await io.in("middle").allSockets()).toEqual(new Set([sockets[1]!.id, sockets[2]!.id]));
  });
});

describe("with acknowledgements", () => {
  it("collects the answers of all", async () => {
    const answers = io.timeout(1000).to("odd").emitWithAck("q");
    const id = /^2(\d+)/.exec(conns[0]!.take()[0]!)![1];
    await conns[0]!.send(`3${id}["A"]`);
    await conns[1]!.send(`3${id}["B"]`);
    expect(await answers).toEqual(["A", "B"]);
  });
  it("gives an error with those that came, and forgets the rest: no memory is kept", async () => {
    const failed = io.timeout(20).emitWithAck("q");
    const id = /^2(\d+)/.exec(conns[0]!.take()[0]!)![1];
    await conns[3]!.send(`3${id}["D"]`);
    await expect(failed).rejects.toMatchObject({ responses: ["D"] });
    expect(sockets.map((socket) => socket.acks.size)).toEqual([0, 0, 0, 0]);
  });
  it("is done at once when nobody is meant", async () => {
    expect(await io.timeout(1000).to("nowhere").emitWithAck("q")).toEqual([]);
  });
});

describe("the adapter", () => {
  it("tells of rooms that come and go", () => {
    const log: string[] = [];
    const { adapter } = io.sockets;
    for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
      adapter.on(event, (room: string) => log.push(`${event} ${room}`));
    }
    void sockets[0]!.join("new");
    void sockets[0]!.join("new");
    void sockets[1]!.join("new");
    void sockets[0]!.leave("new");
    void sockets[1]!.leave("new");
    expect(log).toEqual([
      "create-room new",
      "join-room new",
      "join-room new",
      "leave-room new",
      "leave-room new",
      "delete-room new",
    ]);
  });
  it("forgets a socket that has gone, also when it joins afterwards", async () => {
    conns[0]!.drop("transport close");
    void sockets[0]!.join("late");
    await settled();
    expect(io.sockets.adapter.sids.has(sockets[0]!.id)).toBe(false);
    expect(io.sockets.adapter.rooms.has("late")).toBe(false);
  });
});

describe("namespaces by pattern", () => {
  it("are made for clients, with the middlewares and listeners of the parent", async () => {
    const log: string[] = [];
    const made: string[] = [];
    io.on("new_namespace", (namespace) => made.push(namespace.name));
    const parent = io.of(/^\/p-\d+$/);
    parent.use((_socket, next) => next());
    parent.on("connection", (socket) => log.push(socket.nsp.name));
    await conns[0]!.send("0/p-1,");
    await conns[1]!.send("0/p-2,");
    await conns[2]!.send("0/p-x,");
    expect(log).toEqual(["/p-1", "/p-2"]);
    expect(made).toEqual(["/p-1", "/p-2"]);
    expect(conns[2]!.take()).toEqual(['4/p-x,{"message":"Invalid namespace"}']);
    conns.forEach((conn) => conn.take());
    parent.emit("x");
    expect(got()).toBe("ab");
    expect(io.of(/^\/p-\d+$/)).toBe(parent);
  });

  it("are asked of a function, which may take its time", async () => {
    io.of((name, auth, next) =>
      setImmediate(() => next(null, auth["ok"] === true && name === "/f")),
    );
    await conns[0]!.send('0/f,{"ok":true}');
    await conns[1]!.send("0/f2,");
    await settled();
    expect(conns[0]!.take()[0]).toMatch(/^0\/f,/);
    expect(conns[1]!.take()[0]).toMatch(/^4\/f2,/);
  });

  it("go with their last socket, when asked to", async () => {
    const tidy = withoutNetwork(new Server({ cleanupEmptyChildNamespaces: true }));
    tidy.of(/^\/t/);
    const conn = new FakeConnection(tidy);
    await conn.send("0/t,");
    expect(tidy._nsps.has("/t")).toBe(true);
    await conn.send("1/t,");
    expect(tidy._nsps.has("/t")).toBe(false);
    await tidy.close();
  });
});
