import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { SsePeer, startSse } from "../../../test/sse-peer.ts";
import type { Socket } from "../../socket.ts";

const nextSocket = async (io: object): Promise<Socket> => {
  const [socket] = (await once(io as never, "connection")) as [Socket];
  return socket;
};

describe("a stream of events", () => {
  it("is a socket in a namespace and in rooms, and hears what is said there", async () => {
    const { io, port } = await startSse();
    const connected = nextSocket(io);
    const peer = await new SsePeer(port, "?room=a&room=b&room=a&token=secret").open();
    const socket = await connected;
    expect(peer.status).toBe(200);
    expect(peer.answer["content-type"]).toBe("text/event-stream");
    expect([...socket.rooms]).toEqual([socket.id, "a", "b"]);
    expect(socket.handshake.auth).toEqual({ token: "secret" });
    expect(socket.handshake.query["room"]).toEqual(["a", "b", "a"]);
    expect(socket.conn.transport.name).toBe("sse");
    expect(io.sockets.sockets.get(socket.id)).toBe(socket);
    expect(await io.in("a").fetchSockets()).toHaveLength(1);
    io.emit("all", 1);
    io.to("a").emit("a", { text: "ü\n\u2028" });
    io.to("elsewhere").emit("no");
    socket.emit("own");
    socket.to("b").emit("not me");
    io.to(["a", "b"]).emit("both", null);
    await peer.hears(4);
    expect(peer.blocks[0]).toEqual({
      retry: "2000",
      data: `{"connected":{"id":"${socket.id}"}}`,
    });
    expect(peer.events).toEqual([
      ["all", 1],
      ["a", { text: "ü\n\u2028" }],
      ["own"],
      ["both", null],
    ]);
    expect(peer.blocks.at(-1)).toEqual({ data: '{"event":"both","data":[null]}' });
  });

  it("has the namespace of its query, and binary as base64", async () => {
    const { io, port } = await startSse();
    io.of("/feed").on("connection", (socket) => socket.emit("hello", Buffer.from("hi"), [1]));
    const peer = await new SsePeer(port, "?namespace=/feed").open();
    await peer.hears(1);
    expect(peer.heard).toMatchObject([
      { connected: { namespace: "/feed" } },
      { event: "hello", data: [{ $base64: "aGk=" }, [1]], namespace: "/feed" },
    ]);
    io.emit("not there");
    io.of("/feed").emit("there");
    await peer.hears(2);
    expect(peer.events[1]).toEqual(["there"]);
  });

  it("is one form for all, also beside clients of Socket.IO", async () => {
    const { io, port } = await startSse();
    const peers = await Promise.all([1, 2, 3].map(() => new SsePeer(port).open()));
    io.emit("news", 1);
    await Promise.all(peers.map((peer) => peer.hears(1)));
    for (const peer of peers) expect(peer.events).toEqual([["news", 1]]);
  });

  it("keeps what middlewares say until it can be said", async () => {
    const { io, port } = await startSse();
    io.use((socket, next) => {
      socket.emit("early");
      setImmediate(next);
    });
    const peer = await new SsePeer(port).open();
    await peer.hears(1);
    expect(Object.keys(peer.heard[0]!)).toEqual(["connected"]);
    expect(peer.events).toEqual([["early"]]);
  });

  it("tells why a socket has gone", async () => {
    const { io, port } = await startSse();
    let connected = nextSocket(io);
    const peer = await new SsePeer(port).open();
    const left = once(await connected, "disconnect");
    peer.cut();
    expect((await left)[0]).toBe("transport close");
    for (const close of [false, true]) {
      connected = nextSocket(io);
      const other = await new SsePeer(port).open();
      const socket = await connected;
      const reasons: string[] = [];
      socket.on("disconnect", (reason) => reasons.push(reason));
      socket.emit("last");
      socket.disconnect(close);
      await other.over();
      expect(reasons).toEqual(["server namespace disconnect"]);
      expect(other.events).toEqual([["last"]]);
      expect(other.heard.at(-1)).toEqual({ disconnect: {} });
      expect(socket.conn.readyState).toBe("closed");
    }
  });

  it("answers no acknowledgement, and says so at once", async () => {
    const { io, port } = await startSse();
    const connected = nextSocket(io);
    const peer = await new SsePeer(port).open();
    const socket = await connected;
    await expect(socket.emitWithAck("ask")).rejects.toMatchObject({ code: "ACK_IMPOSSIBLE" });
    const error = await new Promise((resolve) => socket.timeout(1e6).emit("ask", 1, resolve));
    expect(error).toMatchObject({ code: "ACK_IMPOSSIBLE" });
    socket.emit("ask", 2, () => {});
    io.timeout(10).emit("ask", 3, () => {});
    await peer.hears(3);
    expect(peer.events).toEqual([
      ["ask", 1],
      ["ask", 2],
      ["ask", 3],
    ]);
    expect(
      peer.blocks.every(({ data }) => !data?.includes('"id":') || data.includes("connected")),
    ).toBe(true);
  });

  it("takes what an adapter has encoded, line ends and all", async () => {
    const { io, port } = await startSse();
    const connected = nextSocket(io);
    const peer = await new SsePeer(port).open();
    const { client } = await connected;
    client.writeToEngine(['2["a",\n\n{"b":\r\n1}]']);
    client.writeToEngine(['51-["c",{"_placeholder":true,"num":0}]', Buffer.from("d")]);
    client.writeToEngine(["37[]"]);
    client.writeToEngine(['2["e"]']);
    await peer.hears(3);
    expect(peer.events).toEqual([["a", { b: 1 }], ["c", { $base64: "ZA==" }], ["e"]]);
  });
});

describe("admission", () => {
  const refusal = async (peer: SsePeer, method?: string): Promise<unknown[]> => {
    await peer.open(method);
    await peer.over();
    return [peer.status, peer.refusal === "" ? "" : JSON.parse(peer.refusal)];
  };

  it("refuses what a middleware refuses, with the status that it says", async () => {
    const { io, port } = await startSse();
    const heard: unknown[] = [];
    io.on("connection", (socket) => heard.push(socket));
    io.use((socket, next) => {
      const { token } = socket.handshake.auth;
      const data = token === "old" ? { status: 401, why: "expired" } : undefined;
      next(token === "good" ? undefined : Object.assign(new Error("no"), { data }));
    });
    expect(await refusal(new SsePeer(port))).toEqual([
      403,
      { error: { code: "REFUSED", message: "no" } },
    ]);
    const old = new SsePeer(port, "?token=old");
    expect(await refusal(old)).toEqual([
      401,
      { error: { code: "REFUSED", message: "no", data: { status: 401, why: "expired" } } },
    ]);
    expect(old.answer["www-authenticate"]).toBe("Bearer");
    expect(old.answer["cache-control"]).toBe("no-store");
    const good = await new SsePeer(port, "", { authorization: "Bearer good" }).open();
    expect(good.status).toBe(200);
    expect(heard).toHaveLength(1);
    expect(io.engine.clientsCount).toBe(1);
  });

  it("refuses rooms that the application does not allow, before anybody hears of it", async () => {
    const asked: string[] = [];
    const { io, port } = await startSse({}, async (socket, room) => {
      asked.push(`${room} ${socket.data.name}`);
      return room.startsWith("public:");
    });
    const heard: unknown[] = [];
    io.use((socket, next) => {
      socket.data.name = "ann";
      next();
    });
    io.on("connection", (socket) => heard.push(socket));
    expect(await refusal(new SsePeer(port, "?room=public:a&room=secret"))).toEqual([
      403,
      {
        error: {
          code: "SUBSCRIBE_REFUSED",
          message: "This subscription is not allowed",
          at: "/room/1",
        },
      },
    ]);
    expect(asked).toEqual(["public:a ann", "secret ann"]);
    expect(heard).toEqual([]);
    expect((await new SsePeer(port, "?room=public:a").open()).status).toBe(200);
  });

  it("allows no room without the option, nor those of sockets and users", async () => {
    const { port } = await startSse({}, null);
    expect((await refusal(new SsePeer(port, "?room=a")))[0]).toBe(403);
    const open = await startSse();
    const connected = nextSocket(open.io);
    await new SsePeer(open.port).open();
    const { id } = await connected;
    for (const room of [id, "\0user:ann"]) {
      const peer = new SsePeer(open.port, `?room=${encodeURIComponent(room)}`);
      expect((await refusal(peer))[0]).toBe(403);
    }
  });

  it("takes a permission that throws for a refusal", async () => {
    const warned = once(process, "warning");
    const { port } = await startSse({}, () => {
      throw new Error("mine");
    });
    expect((await refusal(new SsePeer(port, "?room=a")))[0]).toBe(403);
    expect((await warned)[0].message).toBe("mine");
  });

  it("says what is wrong with a query", async () => {
    const { port } = await startSse();
    const wrong = [
      ["?namespace=feed", "FIELD_INVALID", "/namespace"],
      ["?room=a&room=", "FIELD_INVALID", "/room/1"],
      [`?room=${"x".repeat(257)}`, "FIELD_INVALID", "/room/0"],
      [
        `?${Array.from({ length: 1_001 }, (_, i) => `room=${i}`).join("&")}`,
        "SUBSCRIPTIONS_TOO_MANY",
        "/room",
      ],
    ];
    for (const [query, code, at] of wrong) {
      const peer = new SsePeer(port, query);
      expect(await refusal(peer)).toMatchObject([400, { error: { code, at } }]);
    }
  });

  it("knows no namespace that is not there, and no method but GET", async () => {
    const { port } = await startSse();
    const lost = new SsePeer(port, "?namespace=/none");
    expect(await refusal(lost)).toMatchObject([404, { error: { code: "NAMESPACE_UNKNOWN" } }]);
    for (const method of ["HEAD", "POST", "OPTIONS"]) {
      const peer = new SsePeer(port);
      expect((await refusal(peer, method))[0]).toBe(405);
      expect(peer.answer.allow).toBe("GET");
    }
    const options = { cors: { origin: "https://app.example" } };
    const shared = await startSse(options);
    const peer = new SsePeer(shared.port, "", {
      origin: "https://app.example",
      "access-control-request-method": "GET",
    });
    expect((await refusal(peer, "OPTIONS"))[0]).toBe(204);
    expect(peer.answer["access-control-allow-origin"]).toBe("https://app.example");
    const foreign = new SsePeer(shared.port, "", { origin: "https://evil.example" });
    expect((await refusal(foreign))[0]).toBe(403);
  });

  it("does not wait for a namespace for ever", async () => {
    const { io, port } = await startSse({ connectTimeout: 50 });
    io.of((_name, _auth, _next) => {});
    const peer = new SsePeer(port, "?namespace=/slow");
    expect((await refusal(peer))[0]).toBe(503);
  });
});
