import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../test/fake-connection.ts";
import { Server } from "./server.ts";
import type { Socket } from "./socket.ts";

let io: Server;
beforeEach(() => {
  io = withoutNetwork(new Server());
});
afterEach(() => io.close());

/** A client that has been let in. */
async function join(): Promise<{ conn: FakeConnection; socket: Socket }> {
  const before = new Set(io.sockets.sockets.keys());
  const conn = new FakeConnection(io);
  await conn.send("0");
  conn.take();
  for (const [id, socket] of io.sockets.sockets) if (!before.has(id)) return { conn, socket };
  throw new Error("not let in");
}

describe("events", () => {
  it("come with their arguments, binary in its place", async () => {
    const { conn, socket } = await join();
    const heard: unknown[] = [];
    socket.on("all", (...args) => heard.push(args));
    await conn.send('2["all",1,null,{"a":[true]},"ü"]');
    await conn.send(
      '52-["all",{"x":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}]',
      Buffer.from("0"),
      Buffer.from("1"),
    );
    expect(heard).toEqual([
      [1, null, { a: [true] }, "ü"],
      [{ x: Buffer.from("1") }, Buffer.from("0")],
    ]);
  });

  it("go out with attachments, and the given objects stay as they are", async () => {
    const { conn, socket } = await join();
    const given = { picture: Buffer.from("png"), name: "a" };
    socket.emit("picture", given);
    expect(conn.take()).toEqual([
      '51-["picture",{"picture":{"_placeholder":true,"num":0},"name":"a"}]',
    ]);
    expect(conn.sentBinary).toEqual([Buffer.from("png")]);
    expect(given.picture).toEqual(Buffer.from("png"));
  });

  it("may have a number or an empty text for a name", async () => {
    const { conn, socket } = await join();
    const heard: unknown[] = [];
    socket.on("7", () => heard.push(7));
    socket.on("", () => heard.push(""));
    await conn.send("2[7]", '2[""]');
    expect(heard).toEqual([7, ""]);
  });

  it("refuses to emit a reserved name", async () => {
    const { socket } = await join();
    expect(() => socket.emit("disconnect")).toThrow('"disconnect" is a reserved event name');
    expect(() => io.emit("connect_error")).toThrow("reserved");
    expect(() => io.to("a").emit("newListener")).toThrow("reserved");
  });

  it("CVE-2024-38355: an `error` event of a client that nobody hears is no exception", async () => {
    const { conn, socket } = await join();
    await conn.send('2["error",{"message":"x"}]');
    expect(socket.connected).toBe(true);
    const heard: unknown[] = [];
    socket.on("error", (error) => heard.push(error));
    await conn.send('2["error","y"]');
    expect(heard).toEqual(["y"]);
  });
});

describe("acknowledgements", () => {
  it("answers the client once", async () => {
    const { conn, socket } = await join();
    socket.on("q", (question, reply) => {
      reply("a", question);
      reply("again");
    });
    await conn.send('212["q",1]');
    expect(conn.take()).toEqual(['312["a",1]']);
  });

  it("answers with binary", async () => {
    const { conn, socket } = await join();
    socket.on("q", (reply) => reply(Buffer.from("x")));
    await conn.send('20["q"]');
    expect(conn.take()).toEqual(['61-0[{"_placeholder":true,"num":0}]']);
  });

  it("takes the client's answer by callback and by promise, each once", async () => {
    const { conn, socket } = await join();
    const heard: unknown[] = [];
    socket.emit("q", (answer: unknown) => heard.push(answer));
    const promise = socket.emitWithAck("q", 1);
    expect(conn.take()).toEqual(['20["q"]', '21["q",1]']);
    await conn.send('30["first"]', '30["second"]', '31["third"]', '399["nobody asked"]');
    expect(heard).toEqual(["first"]);
    expect(await promise).toBe("third");
  });

  it("gives an error when the time is over, and forgets it", async () => {
    const { conn, socket } = await join();
    await expect(socket.timeout(5).emitWithAck("q")).rejects.toThrow("operation has timed out");
    const error = await new Promise((resolve) => socket.timeout(5).emit("q", resolve));
    expect((error as Error).message).toBe("operation has timed out");
    expect(socket.acks.size).toBe(0);
    conn.take();
  });

  it("rejects a promise when the socket disconnects, and releases a callback in silence", async () => {
    const { conn, socket } = await join();
    let called = false;
    socket.emit("q", () => (called = true));
    const promise = socket.emitWithAck("q");
    conn.drop("transport close");
    await expect(promise).rejects.toThrow("socket has been disconnected");
    expect(called).toBe(false);
  });
});

describe("volatile", () => {
  it("is dropped when the line is not ready, and nothing else is", async () => {
    const { conn, socket } = await join();
    conn.writable = false;
    socket.volatile.emit("a");
    socket.emit("b");
    io.volatile.emit("c");
    expect(conn.take()).toEqual(['2["b"]']);
  });
});

describe("middlewares of a socket", () => {
  it("see the event, can change it, and refuse it with `error`", async () => {
    const { conn, socket } = await join();
    const log: unknown[] = [];
    socket.use((event, next) => {
      event[1] = `${event[1]}!`;
      next();
    });
    socket.use(([name], next) => next(name === "no" ? new Error("refused") : undefined));
    socket.on("error", (error) => log.push(error.message));
    socket.onAny((name) => log.push(`any ${name}`));
    socket.on("yes", (text) => log.push(text));
    socket.on("no", () => log.push("not reached"));
    await conn.send('2["yes","hi"]', '2["no"]');
    await settled();
    expect(log).toEqual(["any yes", "any no", "hi!", "refused"]);
  });
});

describe("listeners for anything", () => {
  it("hear what comes and what goes", async () => {
    const { conn, socket } = await join();
    const log: unknown[] = [];
    const first = (...args: unknown[]): void => void log.push(["1st", ...args]);
    socket.onAny((...args) => log.push(["2nd", ...args]));
    socket.prependAny(first);
    socket.onAnyOutgoing((...args) => log.push(["out", ...args]));
    await conn.send('2["in",1]');
    socket.emit("a", 2);
    io.emit("b", 3);
    socket.offAny(first);
    expect(socket.listenersAny()).toHaveLength(1);
    socket.offAny();
    socket.offAnyOutgoing();
    await conn.send('2["in",2]');
    socket.emit("c");
    expect(log).toEqual([
      ["1st", "in", 1],
      ["2nd", "in", 1],
      ["out", "a", 2],
      ["out", "b", 3],
    ]);
  });
});

describe("handshake", () => {
  it("is made of the request, when asked for", async () => {
    const { socket } = await join();
    expect(socket.handshake).toMatchObject({
      address: "127.0.0.1",
      xdomain: true,
      secure: false,
      url: "/socket.io/?EIO=4&transport=websocket&token=abc",
      query: { EIO: "4", transport: "websocket", token: "abc" },
      auth: {},
    });
    expect(socket.handshake).toBe(socket.handshake);
    expect(Date.parse(socket.handshake.time)).toBeGreaterThan(0);
  });
});
