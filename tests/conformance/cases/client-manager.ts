import { section } from "../harness/case.ts";
import { next, until } from "../harness/tools.ts";
import { connectTo, shown } from "./client-tools.ts";
import type { Manager } from "socket.io-client";
import type { ClientOptions } from "../../src/support/pairing.ts";
import type { Stage } from "../harness/stage.ts";

/** A manager that is closed afterwards. */
function managerOf(it: Stage, uri: string, options: Partial<ClientOptions> = {}): Manager {
  const root = connectTo(it, uri, { autoConnect: false, ...options });
  const manager = new it.clientLib.Manager(uri, {
    ...root.io.opts,
    autoConnect: false,
    ...options,
  });
  it.after(() => {
    manager.reconnection(false);
    manager.engine?.close();
  });
  return manager;
}

const setters = [
  ["reconnection", false],
  ["reconnectionAttempts", 3],
  ["reconnectionDelay", 5],
  ["reconnectionDelayMax", 7],
  ["randomizationFactor", 0.1],
  ["timeout", 9],
] as const;

type Setting = Record<string, (value?: unknown) => unknown>;

const settingsOf = (manager: Manager): unknown =>
  setters.map(([name]) => (manager as unknown as Setting)[name]!());

export const clientManager = section("Client: the Manager", "client-api/#manager", {
  "settings: defaults, options, setters": (it) => {
    const { Manager } = it.clientLib;
    const plain = new Manager("http://localhost", { autoConnect: false });
    const given = new Manager("http://localhost", {
      autoConnect: false,
      ...Object.fromEntries(setters),
    });
    const zero = new Manager("http://localhost", {
      autoConnect: false,
      reconnectionAttempts: 0,
      reconnectionDelay: 0,
      reconnectionDelayMax: 0,
      randomizationFactor: 0,
    });
    const before = settingsOf(plain);
    const chained = setters.map(([name, value]) => {
      return (plain as unknown as Setting)[name]!(value) === plain;
    });
    return [before, chained, settingsOf(plain), settingsOf(given), settingsOf(zero)];
  },

  "forms of the constructor": (it) => {
    const { Manager } = it.clientLib;
    const options = { autoConnect: false, query: { a: 1 } };
    return [
      new Manager("http://h", options),
      new Manager(options),
      new Manager(undefined, options),
      new Manager("http://h", { ...options, path: "/p" }),
    ].map(({ opts, engine }) => [opts.path, opts.query, opts.autoConnect, engine]);
  },

  "socket(): one for each namespace": async (it) => {
    const world = await it.open();
    const manager = managerOf(it, world.url);
    const one = manager.socket("/one", { auth: { a: 1 } });
    return [one === manager.socket("/one"), one.io === manager, one.active, one.auth];
  },

  "open() with a callback": async (it) => {
    const world = await it.open();
    const failed = managerOf(it, "http://127.0.0.1:1");
    const error = await new Promise((resolve) => failed.open(resolve));
    const manager = managerOf(it, world.url);
    const args = await new Promise((resolve) => {
      manager.connect((...given) => resolve(given));
    });
    return [shown(error), args, manager.open() === manager, manager.engine.readyState];
  },

  "a manager that opens by itself, and a socket later": async (it) => {
    const world = await it.open();
    const manager = managerOf(it, world.url);
    const seen: string[] = [];
    manager.on("open", () => seen.push("open"));
    manager.open();
    await next(manager, "open");
    const socket = manager.socket("/");
    socket.connect();
    await next(socket, "connect");
    return [seen, socket.connected, world.io.engine.clientsCount];
  },

  "a new namespace after the last one has left": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/foo") });
    const manager = managerOf(it, world.url);
    const first = manager.socket("/");
    first.connect();
    await next(first, "connect");
    first.disconnect();
    const second = manager.socket("/foo");
    second.connect();
    await next(second, "connect");
    it.after(() => second.disconnect());
    return [first.connected, second.connected];
  },

  "ping and packet": async (it) => {
    const world = await it.open({ options: { pingInterval: 20 } });
    const client = await world.client();
    const packets: unknown[] = [];
    client.io.on("packet", ({ type, nsp, data, id }) => {
      const isConnect = (type as number) === 0;
      packets.push([type, nsp, isConnect ? Object.keys(data) : data, id]);
    });
    world.io.on("connection", (socket) => socket.emit("hi", Buffer.from("x"), 1));
    const pinged = next(client.io, "ping");
    client.connect();
    await pinged;
    await until("the event is here", () => packets.length === 2);
    return packets;
  },

  "options that change count for the next connection": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    world.io.on("connection", ({ handshake }) => {
      seen.push([handshake.query["x"], handshake.headers["x-h"]]);
    });
    const client = await world.connect("", { query: { x: "1" }, extraHeaders: { "x-h": "1" } });
    const { opts } = client.io;
    opts.query!["x"] = "2";
    opts.extraHeaders!["x-h"] = "2";
    const again = next(client, "connect");
    client.io.engine.close();
    await again;
    opts.query = { x: "3" };
    opts.transports = ["polling"];
    const third = next(client, "connect");
    client.io.engine.close();
    await third;
    return [seen, client.io.engine.transport.name];
  },

  "no attempts after reconnection(false)": async (it) => {
    const client = connectTo(it, "http://127.0.0.1:1", { autoConnect: false });
    const seen: string[] = [];
    client.io.on("reconnect_attempt", () => seen.push("attempt"));
    client.connect();
    await next(client, "connect_error");
    client.io.reconnection(false);
    const world = await it.open();
    await world.connect("", { reconnectionDelay: 60 });
    return [seen, client.io.reconnection()];
  },
});
