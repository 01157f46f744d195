import { section } from "../harness/case.ts";
import { next, roundTrip, thrown } from "../harness/tools.ts";
import type { EventEmitter } from "node:events";

const noop = (): void => undefined;

/** What can be asked of an emitter's listeners, step by step. */
function asked(given: object, owner?: object): unknown {
  const emitter = given as EventEmitter;
  const heard: unknown[] = [];
  const first = (...args: unknown[]): unknown => heard.push(["first", ...args]);
  const once = (...args: unknown[]): unknown => heard.push(["once", ...args]);
  const chained = [
    emitter.on("x", first),
    emitter.once("x", once),
    emitter.addListener("y", first),
    emitter.prependListener("x", noop),
    emitter.prependOnceListener("x", noop),
    emitter.off("x", noop),
    emitter.setMaxListeners(20),
  ].map((result) => result === emitter || result === owner);
  const before = {
    names: emitter.eventNames().filter((name) => name === "x" || name === "y"),
    count: emitter.listenerCount("x"),
    none: emitter.listenerCount("nothing"),
    listeners: emitter
      .listeners("x")
      .map((listener) => [first, once, noop].indexOf(listener as never)),
    raw: emitter.rawListeners("x").map((listener) => listener === first),
    max: emitter.getMaxListeners(),
  };
  emitter.removeListener("x", first);
  emitter.removeAllListeners("y");
  const after = { x: emitter.listenerCount("x"), y: emitter.listenerCount("y") };
  emitter.removeAllListeners("x");
  return { chained, before, after, end: emitter.listenerCount("x"), heard };
}

export const listening = section("Listening to events", "listening-to-events/", {
  "the emitter's methods: server, namespace, socket, adapter": async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    return [
      asked(world.io, world.io.sockets),
      asked(world.io.of("/x")),
      asked(server),
      asked(world.io.of("/").adapter),
    ];
  },

  "on, once, off, in the order of being added": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    const removed = (): unknown => heard.push("removed");
    server.on("it", (n) => heard.push(["on", n]));
    server.once("it", (n) => heard.push(["once", n]));
    server.prependListener("it", (n) => heard.push(["prepended", n]));
    server.on("it", removed);
    server.off("it", removed);
    for (const n of [1, 2]) client.emit("it", n);
    await roundTrip(client, server);
    return heard;
  },

  "a listener that removes itself and one that adds another": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    const self = (n: number): void => {
      heard.push(["self", n]);
      server.off("it", self);
      server.on("it", (m) => heard.push(["added", m]));
    };
    server.on("it", self);
    server.on("it", (n) => heard.push(["other", n]));
    for (const n of [1, 2]) client.emit("it", n);
    await roundTrip(client, server);
    return heard;
  },

  "removeAllListeners leaves the socket working": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    server.on("it", () => heard.push("old"));
    server.removeAllListeners();
    server.on("it", () => heard.push("new"));
    client.emit("it");
    await roundTrip(client, server);
    const gone = next(server, "disconnect");
    client.disconnect();
    return [heard, (await gone)[0]];
  },

  "this in a listener is the socket": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen = new Promise<unknown>((resolve) => {
      server.on("it", function (this: unknown) {
        resolve(this === server);
      });
    });
    client.emit("it");
    return seen;
  },

  "error from the client with and without a listener": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    client.emit("error", "nobody hears");
    await roundTrip(client, server);
    const heard = next(server, "error");
    client.emit("error", "somebody hears");
    return [await heard, server.connected];
  },

  "connection and connect, on the server and on the namespace": async (it) => {
    const heard: unknown[] = [];
    const world = await it.open({
      setup: (io) => {
        io.on("connection", (socket) => heard.push(["server connection", socket.connected]));
        io.of("/").on("connection", () => heard.push("namespace connection"));
        io.on("connect", () => heard.push("server connect"));
        io.sockets.on("connect", () => heard.push("namespace connect"));
        io.once("connection", () => heard.push("once"));
      },
    });
    await world.connect();
    await world.connect();
    return heard;
  },

  "catch-all: going out and coming in": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    client.onAnyOutgoing((...args) => seen.push(["client out", ...args]));
    server.onAny((...args) => seen.push(["server in", ...args]));
    server.onAnyOutgoing((...args) => seen.push(["server out", ...args]));
    client.onAny((...args) => seen.push(["client in", ...args]));
    server.on("ping me", (n) => server.emit("pinged", n));
    const pinged = next(client, "pinged");
    client.emit("ping me", 7);
    await pinged;
    return seen;
  },

  "catch-all: order, prepend, off, the list": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    const a = (name: string): unknown => seen.push(["a", name]);
    const b = (name: string): unknown => seen.push(["b", name]);
    const chained = [server.onAny(a), server.prependAny(b), server.onAny(a), server.offAny(noop)];
    const list = server.listenersAny().map((listener) => (listener === a ? "a" : "b"));
    server.on("it", () => seen.push(["on", "it"]));
    const heard = next(server, "it");
    client.emit("it");
    await heard;
    server.offAny(a);
    const fewer = server.listenersAny().length;
    server.offAny();
    await roundTrip(client, server);
    const same = chained.map((result) => result === server);
    return { seen, same, list, fewer, none: server.listenersAny() };
  },

  "catch-all, outgoing: order, prepend, off, the list": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    const a = (name: string, ...args: unknown[]): unknown => seen.push(["a", name, args]);
    const b = (name: string): unknown => seen.push(["b", name]);
    const chained = [
      server.onAnyOutgoing(a),
      server.prependAnyOutgoing(b),
      server.onAnyOutgoing(a),
      server.offAnyOutgoing(noop),
    ];
    const list = server.listenersAnyOutgoing().map((listener) => (listener === a ? "a" : "b"));
    server.emit("it", 1, Buffer.from([2]));
    world.io.emit("all", [3]);
    server.broadcast.emit("others");
    server.emit("with ack", 4, noop);
    server.offAnyOutgoing(a);
    server.emit("it");
    const fewer = server.listenersAnyOutgoing().length;
    server.offAnyOutgoing();
    server.emit("it");
    await roundTrip(client, server);
    const same = chained.map((result) => result === server);
    return { seen, same, list, fewer, none: server.listenersAnyOutgoing() };
  },

  "catch-all hears answers neither in nor out": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    server.onAny((...args) => seen.push(["in", ...args]));
    server.onAnyOutgoing((...args) => seen.push(["out", ...args]));
    server.on("up", (done) => done(1));
    client.on("down", (done) => done(2));
    await client.emitWithAck("up");
    await server.emitWithAck("down");
    return seen;
  },

  "catch-all on a broadcast and in a namespace": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const seen: unknown[] = [];
    server.onAnyOutgoing((...args) => seen.push(["main", ...args]));
    const there = world.serverSide(other, "/other")!;
    there.onAnyOutgoing((...args) => seen.push(["other", ...args]));
    there.onAny((...args) => seen.push(["other in", ...args]));
    await server.join("room");
    const heard = next(other, "end");
    world.io.to("room").emit("room");
    world.io.of("/other").emit("it", { a: 1 });
    other.emit("up", 1);
    await roundTrip(other, there);
    there.emit("end");
    await heard;
    return seen;
  },

  "wrong arguments of the catch-all methods": async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    return [
      thrown(() => server.listenersAny()),
      thrown(() => server.offAny(noop)),
      thrown(() => server.offAnyOutgoing(noop)),
    ];
  },
});
