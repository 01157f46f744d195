import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../test/fake-connection.ts";
import type { Client } from "./client.ts";
import { Server } from "./server.ts";

let io: Server;
beforeEach(() => {
  io = withoutNetwork(new Server());
});
afterEach(() => io.close());

const line = (): FakeConnection => new FakeConnection(io);

describe("admission", () => {
  it("answers CONNECT with the socket's id, then tells the application", async () => {
    const ids: string[] = [];
    io.on("connection", (socket) => void ids.push(socket.id));
    const conn = line();
    await conn.send("0");
    expect(conn.sent).toEqual([`0{"sid":"${ids[0]}"}`]);
    expect(ids[0]).toMatch(/^[\w-]{20}$/);
  });

  it("hands auth to the handshake", async () => {
    let auth: unknown;
    io.on("connection", (socket) => (auth = socket.handshake.auth));
    await line().send('0{"token":"t"}');
    expect(auth).toEqual({ token: "t" });
  });

  it("answers an unknown namespace and keeps the connection", async () => {
    const conn = line();
    await conn.send("0/nowhere,");
    expect(conn.take()).toEqual(['4/nowhere,{"message":"Invalid namespace"}']);
    expect(conn.readyState).toBe("open");
  });

  it("drops the query from a namespace's name", async () => {
    io.of("/admin");
    const conn = line();
    await conn.send("0/admin?token=1,");
    expect(conn.sent[0]).toMatch(/^0\/admin,\{"sid":/);
  });

  it("refuses by middleware, with the error's message and data, and leaves the rooms again", async () => {
    io.use((socket, next) => {
      void socket.join("early");
      next(Object.assign(new Error("no entry"), { data: { code: 7 } }));
    });
    const conn = line();
    await conn.send("0");
    expect(conn.sent).toEqual(['4{"message":"no entry","data":{"code":7}}']);
    expect(io.sockets.adapter.rooms.size).toBe(0);
    expect(io.sockets.sockets.size).toBe(0);
    expect(conn.readyState).toBe("open");
  });

  it("lets nobody in whose line went while a middleware was thinking", async () => {
    let goOn = (): void => {};
    io.use((socket, next) => {
      void socket.join("early");
      goOn = next;
    });
    let connections = 0;
    io.on("connection", () => connections++);
    const conn = line();
    await conn.send("0");
    conn.drop("transport close");
    goOn();
    await settled();
    expect(connections).toBe(0);
    expect(io.sockets.adapter.rooms.size).toBe(0);
  });

  it("allows a namespace anew after leaving it", async () => {
    const conn = line();
    await conn.send("0");
    await conn.send("1");
    await conn.send("0");
    expect(conn.sent).toHaveLength(2);
    expect(conn.readyState).toBe("open");
  });

  it("forgets a client that leaves before it was let in", async () => {
    let connections = 0;
    io.on("connection", () => connections++);
    const conn = line();
    await conn.send("0", "1");
    expect(conn.sent).toEqual([]);
    expect(connections).toBe(0);
    expect(conn.readyState).toBe("open");
  });
});

describe("what breaks the protocol closes the connection", () => {
  it.each([
    ["an event before CONNECT", ['2["hi"]']],
    ["a second CONNECT", ["0", "0"]],
    ["an event for another namespace", ["0", '2/other,["hi"]']],
    ["no packet at all", ["0", "x"]],
    ["an event without a name", ["0", "2[]"]],
    ["an event whose name is an object", ["0", '2[{"toString":1}]']],
    ["a reserved name", ["0", '2["disconnecting"]']],
    ["CONNECT_ERROR from a client", ["0", '4{"message":"x"}']],
    ["binary that nothing announced", ["0", Buffer.from("x")]],
    [
      "text in the midst of a binary packet",
      ["0", '51-["a",{"_placeholder":true,"num":0}]', '2["b"]'],
    ],
    [
      "an attachment out of range",
      ["0", '51-["a",{"_placeholder":true,"num":9}]', Buffer.from("x")],
    ],
    ["depth of 5,000", ["0", `2["a",${"[".repeat(5000)}${"]".repeat(5000)}]`]],
  ])("%s", async (_name, packets) => {
    const heard: unknown[] = [];
    const reasons: string[] = [];
    io.on("connection", (socket) => {
      socket.onAny((...args) => heard.push(args));
      socket.on("disconnect", (reason) => reasons.push(reason));
    });
    const conn = line();
    await conn.send(packets[0]!);
    await conn.send(...packets.slice(1));
    expect(conn.readyState).toBe("closed");
    expect(heard).toEqual([]);
    expect(reasons).toEqual(packets[0] === "0" ? ["forced close"] : []);
    expect([...io.badInput.counts.values()]).toEqual([1]);
  });

  it("leaves the decoder of the others clean", async () => {
    const heard: unknown[] = [];
    io.on("connection", (socket) => socket.on("a", (bytes) => heard.push(bytes)));
    const [good, bad] = [line(), line()];
    await good.send("0");
    await bad.send("0");
    good.receive('51-["a",{"_placeholder":true,"num":0}]');
    bad.receive('51-["a",{"_placeholder":true,"num":0}', "x");
    await good.send(Buffer.from("bytes"));
    expect(heard).toEqual([Buffer.from("bytes")]);
    expect(good.readyState).toBe("open");
  });
});

describe("what a client can make us hold", () => {
  it("closes when announced attachments do not come in time", async () => {
    const conn = line();
    await conn.send("0");
    const before = io._wheel.size;
    conn.receive('51-["a",{"_placeholder":true,"num":0}]', Buffer.from("in the same chunk"));
    await settled();
    expect(io._wheel.size).toBe(before);
    await conn.send('51-["a",{"_placeholder":true,"num":0}]');
    expect(io._wheel.size).toBe(before + 1);
    (conn.handler as Client).onExpire();
    expect(conn.readyState).toBe("closed");
    expect([...io.badInput.counts.keys()]).toEqual(["attachments that did not come in time"]);
  });

  it("closes a client that connects and says nothing", () => {
    const conn = line();
    (conn.handler as Client).onExpire();
    expect(conn.readyState).toBe("closed");
  });

  it("closes a client that is in no namespace any more, though it sends attachments", async () => {
    io.on("connection", (socket) => socket.disconnect());
    const conn = line();
    await conn.send("0");
    const before = io._wheel.size;
    await conn.send('51-["late",{"_placeholder":true,"num":0}]');
    await conn.send(Buffer.from("late"));
    expect(conn.readyState).toBe("open");
    expect(io._wheel.size).toBe(before);
    (conn.handler as Client).onExpire();
    expect(conn.readyState).toBe("closed");
  });

  it("allows a thousand namespaces on a connection, and no more", async () => {
    io.of(/^\/n/);
    const conn = line();
    for (let index = 0; index < 1000; index++) conn.receive(`0/n${index},`);
    await settled();
    expect(conn.readyState).toBe("open");
    await conn.send("0/n1000,");
    expect(conn.readyState).toBe("closed");
  });
});

describe("disconnecting", () => {
  it("ignores what was on the way when the server disconnected a namespace", async () => {
    io.of("/a").on("connection", (socket) => socket.disconnect());
    const conn = line();
    await conn.send("0", "0/a,");
    conn.take();
    await conn.send('2/a,["late"]');
    expect(conn.readyState).toBe("open");
  });

  it("does not deliver an event that DISCONNECT follows in the same chunk", async () => {
    const heard: string[] = [];
    io.on("connection", (socket) => {
      socket.on("bye", () => heard.push("bye"));
      socket.on("disconnect", (reason) => heard.push(reason));
    });
    const conn = line();
    await conn.send("0");
    await conn.send('2["bye"]', "1");
    expect(heard).toEqual(["client namespace disconnect"]);
  });

  it("disconnect(true) ends the whole connection after what was emitted", async () => {
    io.on("connection", (socket) => {
      socket.emit("last");
      socket.disconnect(true);
    });
    const conn = line();
    await conn.send("0");
    expect(conn.sent.slice(1)).toEqual(['2["last"]', "1"]);
    expect(conn.readyState).toBe("closed");
  });

  it("tells every socket of a lost line, still in its rooms while disconnecting", async () => {
    const log: unknown[] = [];
    io.of("/a");
    for (const name of ["/", "/a"]) {
      io.of(name).on("connection", (socket) => {
        socket.on("disconnecting", (reason) => log.push([name, reason, socket.rooms.size]));
        socket.on("disconnect", (reason) => log.push([name, reason, socket.rooms.size]));
      });
    }
    const conn = line();
    await conn.send("0", "0/a,");
    conn.drop("transport close");
    expect(log).toEqual([
      ["/", "transport close", 1],
      ["/", "transport close", 0],
      ["/a", "transport close", 1],
      ["/a", "transport close", 0],
    ]);
  });

  it("leaves nothing on the wheel once the line has gone", async () => {
    const before = io._wheel.size;
    const conn = line();
    await conn.send("0");
    conn.drop("transport close");
    expect(io._wheel.size).toBe(before);
  });

  it("does not keep a line that has left all namespaces: it may come again, or is closed", async () => {
    const before = io._wheel.size;
    const conn = line();
    await conn.send("0");
    expect(io._wheel.size).toBe(before);
    await conn.send("1");
    expect(io._wheel.size).toBe(before + 1);
    await conn.send("0");
    expect(io._wheel.size).toBe(before);
  });

  it("closes with the server: reason, rooms, promises", async () => {
    let reason = "";
    let answer: Promise<unknown> = Promise.resolve();
    io.on("connection", (socket) => {
      socket.on("disconnect", (why) => (reason = why));
      answer = socket.emitWithAck("question");
      answer.catch(() => {});
    });
    await line().send("0");
    await io.close();
    expect(reason).toBe("server shutting down");
    await expect(answer).rejects.toThrow("socket has been disconnected");
    expect(io.sockets.adapter.rooms.size).toBe(0);
  });
});
