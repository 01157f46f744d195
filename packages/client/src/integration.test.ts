import { afterEach, describe, expect, it } from "vitest";
import type { Socket as ServerSocket } from "socket.io";
import { Peer, modes, next } from "./testing/peer.ts";

let peer: Peer;
afterEach(() => peer.close());

/** Everything that a client sends comes back, an acknowledgement with what it was given. */
function echo(socket: ServerSocket): void {
  socket.onAny((name: string, ...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === "function") (last as (...values: unknown[]) => void)(...args.slice(0, -1));
    else socket.emit(name, ...args);
  });
}

describe.each(modes)("npm socket.io over %s", (_, mode) => {
  it("carries events of any kind both ways, in order", async () => {
    peer = await new Peer().start((server) => server.on("connection", echo));
    const socket = peer.client(mode);
    const sent = [
      [],
      [1, "two", null, [true, { deep: [{}] }]],
      [Buffer.from([0, 255]), { inside: [Buffer.from("x"), Buffer.alloc(0)] }],
      ["€".repeat(70_000), Buffer.alloc(100_000, 7)],
    ];
    const got: unknown[][] = [];
    const all = new Promise<void>((resolve) => {
      socket.onAny((...args) => got.push(args) === sent.length + 1 && resolve());
    });
    socket.emit("0", new Uint8Array([1, 2]).buffer);
    for (const args of sent) socket.emit("e", ...args);
    await all;
    expect(got).toEqual([["0", Buffer.from([1, 2])], ...sent.map((args) => ["e", ...args])]);
  });

  it("acknowledges both ways", async () => {
    peer = await new Peer().start((server) => {
      server.on("connection", (socket) => {
        echo(socket);
        socket.on("ask me", () => {
          socket.emit("question", 7, (...answer: unknown[]) => socket.emit("answered", ...answer));
        });
      });
    });
    const socket = peer.client(mode);
    expect(await socket.emitWithAck("e", { bytes: Buffer.from("a") })).toEqual({
      bytes: Buffer.from("a"),
    });
    const values = await new Promise((resolve) => {
      socket.emit("e", 1, 2, (...args: unknown[]) => resolve(args));
    });
    expect(values).toEqual([1, 2]);
    socket.on("question", (n: number, cb: (...args: unknown[]) => void) => cb(n, Buffer.from("b")));
    socket.emit("ask me");
    expect(await next(socket, "answered")).toEqual([7, Buffer.from("b")]);
  });

  it("loses and reorders nothing, whatever the transport does meanwhile", async () => {
    const received: number[] = [];
    peer = await new Peer({ maxHttpBufferSize: 20_000 }).start((server) => {
      server.on("connection", (socket) => {
        socket.on("n", (n: number) => received.push(n));
        let sent = 0;
        const timer = setInterval(() => {
          for (let i = 0; i < 10; i++) socket.emit("n", sent++, "x".repeat(sent % 500));
          if (sent >= 1000) clearInterval(timer);
        }, 1);
        socket.on("disconnect", () => clearInterval(timer));
      });
    });
    const socket = peer.client(mode);
    const got: number[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on("n", (n: number) => got.push(n) === 1000 && resolve());
    });
    for (let n = 0; n < 1000; n++) {
      socket.emit("n", n, "€".repeat(n % 300));
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    await expect.poll(() => received.length).toBe(1000);
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    expect(got).toEqual(numbers);
    expect(received).toEqual(numbers);
    expect(socket.io.engine.transport.name).toBe(mode.transports?.[0] ?? "websocket");
  });

  it("shares one connection among namespaces", async () => {
    peer = await new Peer().start((server) => {
      for (const name of ["/", "/a", "/b"]) {
        server.of(name).on("connection", (socket) => socket.emit("welcome", name));
      }
    });
    const root = peer.client(mode);
    const [a, b] = ["/a", "/b"].map((name) => root.io.socket(name));
    const greetings = await Promise.all([root, a!, b!].map((socket) => next(socket, "welcome")));
    expect(greetings).toEqual([["/"], ["/a"], ["/b"]]);
    expect(peer.server.engine.clientsCount).toBe(1);
    expect(new Set([root.id, a!.id, b!.id]).size).toBe(3);
  });

  it("brings its credentials, and hears why it is not let in", async () => {
    peer = await new Peer().start((server) => {
      server.use((socket, done) => {
        const { token } = socket.handshake.auth as { token?: string };
        if (token === "good") return done();
        done(Object.assign(new Error("not you"), { data: { tried: token ?? null } }));
      });
      server.on("connection", (socket) => socket.emit("in"));
    });
    const bad = peer.client({ ...mode, auth: { token: "bad" } });
    const [error] = await next<Error & { data: unknown }>(bad, "connect_error");
    expect([error!.message, error!.data]).toEqual(["not you", { tried: "bad" }]);
    expect(bad.active).toBe(false);
    bad.auth = (cb) => setTimeout(() => cb({ token: "good" }), 1);
    bad.connect();
    await next(bad, "in");
    expect(bad.connected).toBe(true);
  });

  it("sends headers and the query with every request", async () => {
    peer = await new Peer().start((server) => {
      server.on("connection", (socket) => {
        const { headers, query } = socket.handshake;
        socket.emit("seen", headers["x-mine"], query["who"], query["EIO"]);
      });
    });
    const socket = peer.client({
      ...mode,
      extraHeaders: { "X-Mine": "ü1" },
      query: { who: "a b&c" },
    });
    expect(await next(socket, "seen")).toEqual(["ü1", "a b&c", "4"]);
  });

  it("tells both sides who ended it", async () => {
    const reasons: string[] = [];
    let serverSide!: ServerSocket;
    peer = await new Peer().start((server) => {
      server.on("connection", (socket) => {
        serverSide = socket;
        socket.on("disconnect", (reason) => reasons.push(reason));
        socket.emit("ready");
      });
    });
    const socket = peer.client(mode);
    await next(socket, "ready");
    serverSide.disconnect();
    expect(await next(socket, "disconnect")).toEqual(["io server disconnect", undefined]);
    socket.connect();
    await next(socket, "ready");
    socket.disconnect();
    await expect
      .poll(() => reasons)
      .toEqual(["server namespace disconnect", "client namespace disconnect"]);
    await expect.poll(() => peer.server.engine.clientsCount).toBe(0);
  });

  it("comes back when the server does, with what was emitted meanwhile", async () => {
    const received: unknown[] = [];
    const setUp = (server: Peer["server"]) =>
      void server.on("connection", (socket) => {
        socket.on("n", (n: unknown) => received.push(n));
        socket.emit("ready");
      });
    peer = await new Peer().start(setUp);
    const socket = peer.client(mode);
    await next(socket, "ready");
    const lost = next(socket, "disconnect");
    await peer.stop();
    expect((await lost)[0]).toMatch(/^transport (close|error)$/);
    expect(socket.active).toBe(true);
    for (let n = 0; n < 3; n++) socket.emit("n", n);
    socket.volatile.emit("n", "volatile");
    await next(socket.io, "reconnect_error");
    const back = next(socket.io, "reconnect");
    await peer.start(setUp);
    expect((await back)[0]).toBeGreaterThan(0);
    await expect.poll(() => received).toEqual([0, 1, 2]);
  });

  it("keeps the line alive by heartbeats", async () => {
    peer = await new Peer({ pingInterval: 20, pingTimeout: 500 }).start();
    const socket = peer.client(mode);
    const reasons: string[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    for (let i = 0; i < 5; i++) await next(socket.io, "ping");
    expect(reasons).toEqual([]);
    expect(socket.connected).toBe(true);
  });

  it("recovers the connection state", async () => {
    let gone!: Promise<unknown>;
    peer = await new Peer({ connectionStateRecovery: {} }).start((server) => {
      server.on("connection", (socket) => {
        gone = next(socket, "disconnect");
      });
    });
    // By hand, since the server has to notice the loss before the client is back.
    const socket = peer.client({ ...mode, reconnection: false });
    await next(socket, "connect");
    const { id } = socket;
    const heard: unknown[] = [];
    socket.on("n", (n: unknown) => heard.push(n));
    peer.server.emit("n", 1);
    await expect.poll(() => heard).toEqual([1]);
    socket.io.engine.close();
    await gone;
    peer.server.emit("n", 2);
    socket.connect();
    await next(socket, "connect");
    expect([socket.recovered, socket.id]).toEqual([true, id]);
    peer.server.emit("n", 3);
    await expect.poll(() => heard).toEqual([1, 2, 3]);
  });

  it("repeats with retries until the server has acknowledged", async () => {
    const received: string[] = [];
    peer = await new Peer().start((server) => {
      server.on("connection", (socket) => {
        socket.on("e", (name: string, ack: () => void) => {
          received.push(name);
          if (received.length > 2) ack();
        });
      });
    });
    const socket = peer.client({ ...mode, retries: 5, ackTimeout: 50 });
    socket.emit("e", "a");
    const [error] = await new Promise<unknown[]>((resolve) => {
      socket.emit("e", "b", (...args: unknown[]) => resolve(args));
    });
    expect(error).toBeNull();
    expect(received).toEqual(["a", "a", "a", "b"]);
  });

  it("speaks through another parser", async () => {
    class Encoder {
      encode(packet: object): unknown[] {
        return [Buffer.from(JSON.stringify(packet))];
      }
    }
    class Decoder {
      listener: (packet: object) => void = () => {};
      on(_: "decoded", listener: (packet: object) => void): void {
        this.listener = listener;
      }
      add(chunk: Buffer): void {
        this.listener(JSON.parse(chunk.toString()) as object);
      }
      destroy(): void {}
      removeListener(): void {}
    }
    const parser = { Encoder, Decoder };
    peer = await new Peer({ parser }).start((server) => server.on("connection", echo));
    const socket = peer.client({ ...mode, parser });
    expect(await socket.emitWithAck("e", { a: [1] })).toEqual({ a: [1] });
  });

  it("leaves nothing behind when it is disconnected at once", async () => {
    peer = await new Peer().start();
    const first = peer.client(mode);
    first.disconnect();
    const second = peer.client(mode);
    await next(second, "connect");
    second.disconnect();
    await expect.poll(() => peer.server.engine.clientsCount).toBe(0);
  });
});
