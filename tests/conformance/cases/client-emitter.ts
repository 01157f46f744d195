import { section } from "../harness/case.ts";
import { next, roundTrip, thrown } from "../harness/tools.ts";
import { connectTo } from "./client-tools.ts";

type Emitter = Record<string, (...args: unknown[]) => unknown>;

const names = [
  "on",
  "once",
  "off",
  "emit",
  "listeners",
  "hasListeners",
  "addEventListener",
  "removeListener",
  "removeEventListener",
  "removeAllListeners",
];

export const clientEmitter = section("Client: listening", "client-api/#socket", {
  "sockets, managers and engines have the methods of an emitter": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    return [client, client.io, client.io.engine].map((each) =>
      names.map((name) => typeof (each as unknown as Emitter)[name]),
    );
  },

  "on, once, off, listeners": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const seen: unknown[] = [];
    const one = (): void => void seen.push("one");
    const two = (): void => void seen.push("two");
    client.on("e", one).once("e", two).on("e", one);
    const counts = [client.listeners("e").length, client.hasListeners("e")];
    client.off("e", two);
    counts.push(client.listeners("e").length);
    client.off("e", one);
    counts.push(client.listeners("e").length, client.listeners("e")[0] === one);
    client.off("e");
    counts.push(client.listeners("e").length, client.hasListeners("e"));
    client.on("a", one).on("b", two).removeAllListeners();
    counts.push(client.hasListeners("a"), client.hasListeners("b"));
    const { addEventListener } = client as unknown as Emitter;
    addEventListener!.call(client, "c", one);
    counts.push(client.hasListeners("c"), client.hasListeners("constructor"));
    return counts;
  },

  "a listener that goes away while the event is delivered": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: string[] = [];
    const two = (): void => void seen.push("two");
    client.on("e", () => {
      seen.push("one");
      client.off("e", two);
      client.on("e", () => seen.push("new"));
    });
    client.on("e", two);
    client.once("e", () => seen.push("once"));
    server.emit("e");
    await roundTrip(client, server);
    server.emit("e");
    await roundTrip(client, server);
    return seen;
  },

  "onAny, prependAny, and the same for what goes out": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    server.on("ask", (n, done) => done(n));
    client.onAny((...args) => seen.push(["any", ...args]));
    client.prependAny((...args) => seen.push(["first", ...args]));
    client.onAnyOutgoing((...args) => seen.push(["out", ...args]));
    client.prependAnyOutgoing((...args) => seen.push(["out first", ...args]));
    client.on("e", () => seen.push("e"));
    server.emit("e", 1, Buffer.from("x"));
    const answer = next(server, "with");
    server.emit("with", (...args: unknown[]) => seen.push(["answered", ...args]));
    client.on("with", (done) => {
      done(2);
      client.emit("with", "back");
    });
    await answer;
    await client.emitWithAck("ask", 3);
    client.volatile.emit("v");
    return seen;
  },

  "what is emitted later is told when it leaves": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const seen: unknown[] = [];
    client.onAnyOutgoing((name) => seen.push(name));
    client.emit("kept");
    const before = [...seen];
    client.on("connect", () => seen.push("connect"));
    client.connect();
    await next(client, "connect");
    return [before, seen];
  },

  "offAny: one, all, one that is not there": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const one = (): void => {};
    const two = (): void => {};
    client.onAny(one).onAny(two).onAny(one).offAny(one);
    const counts = [client.listenersAny().length, client.listenersAny()[0] === two];
    client.offAny(() => {});
    counts.push(client.listenersAny().length);
    client.offAny();
    client.onAnyOutgoing(one).onAnyOutgoing(two).offAnyOutgoing(two);
    counts.push(client.listenersAny().length, client.listenersAnyOutgoing().length);
    client.offAnyOutgoing();
    counts.push(client.listenersAnyOutgoing().length);
    return counts;
  },

  "what can be chained": async (it) => {
    const world = await it.open();
    const client = connectTo(it, world.url, { autoConnect: false });
    const nothing = (): void => {};
    return [
      client.send(1),
      client.emit("x"),
      client.on("a", nothing),
      client.once("a", nothing),
      client.off("a"),
      client.compress(true),
      client.volatile,
      client.timeout(5),
      client.onAny(nothing),
      client.offAny(),
      client.connect(),
      client.open(),
      client.disconnect(),
      client.close(),
    ].map((each) => each === client);
  },

  "flags are used up by one emit, also by one that throws": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    server.on("ask", (done) => done("answer"));
    const refused = thrown(() => client.volatile.emit("connect"));
    const plain = await new Promise((resolve) => {
      client.emit("ask", (...args: unknown[]) => resolve(args));
    });
    const timed = await new Promise((resolve) => {
      client.timeout(5_000).emit("ask", (...args: unknown[]) => resolve(args));
    });
    const after = await new Promise((resolve) => {
      client.emit("ask", (...args: unknown[]) => resolve(args));
    });
    return [refused, plain, timed, after];
  },
});
