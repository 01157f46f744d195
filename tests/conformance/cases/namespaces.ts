import { section } from "../harness/case.ts";
import { next, outcome, roundTrip, sorted, until } from "../harness/tools.ts";

export const namespaces = section("Namespaces", "namespaces/", {
  "are kept apart on one connection": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.of("/admin").on("connection", (socket) => {
          socket.on("where", (done) => done("admin"));
        });
        io.on("connection", (socket) => socket.on("where", (done) => done("main")));
      },
    });
    const main = await world.connect();
    const admin = await world.beside(main, "/admin");
    const heard: unknown[] = [];
    main.onAny((name) => heard.push(name));
    const news = next(admin, "news");
    world.io.of("/admin").emit("news", 1);
    return {
      ids: [main.id, admin.id],
      count: world.io.engine.clientsCount,
      where: [await main.emitWithAck("where"), await admin.emitWithAck("where")],
      news: await news,
      heard,
    };
  },

  "of() gives the same namespace, with and without the slash": async (it) => {
    const world = await it.open();
    const { io } = world;
    const made: unknown[] = [];
    io.on("new_namespace", (nsp) => made.push(nsp.name));
    const a = io.of("/a");
    return {
      same: [a === io.of("a"), io.of("/") === io.sockets, io.of("") === io.sockets],
      names: [a.name, io.of("b").name, io.of("/c/d").name, io.of("/").name],
      server: a.server === io,
      instance: a instanceof it.lib.Namespace,
      adapter: a.adapter === io.of("/").adapter,
      made,
    };
  },

  "of() with a listener": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    world.io.of("/a", (socket) => seen.push(socket.nsp.name));
    world.io.of("/a", (socket) => seen.push(["again", socket.nsp.name]));
    await world.connect("/a");
    return seen;
  },

  "an odd name, with binary and acknowledgements": async (it) => {
    const name = "/a-b/ü.1_x";
    const world = await it.open({
      setup: (io) => {
        io.of(name).on("connection", (socket) => socket.on("echo", (value, done) => done(value)));
      },
    });
    const odd = await world.beside(await world.connect(), name);
    return odd.emitWithAck("echo", [Buffer.from([1])]);
  },

  "a query in the name of the client's namespace": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/q") });
    const client = await world.connect("/q?a=1&b=2");
    const server = world.serverSide(client, "/q")!;
    return [server.nsp.name, server.handshake.query["a"], server.handshake.query["b"]];
  },

  "leaving one leaves the others connected": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const left = next(world.serverSide(other, "/other")!, "disconnect");
    other.disconnect();
    const reason = (await left)[0];
    const connected = [client.connected, server.connected, world.io.engine.clientsCount];
    const back = next(other, "connect");
    other.connect();
    await back;
    return { reason, connected, again: other.connected };
  },

  "the server disconnects one: the others stay": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const gone = next(other, "disconnect");
    world.serverSide(other, "/other")!.disconnect();
    const reason = (await gone)[0];
    await roundTrip(client, server);
    return [reason, client.connected, other.active];
  },

  "an unknown one is refused, and the connection stays": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const unknown = client.io.socket("/unknown");
    const refused = next<[Error]>(unknown, "connect_error");
    unknown.connect();
    const [error] = await refused;
    await roundTrip(client, server);
    return [error, unknown.active, client.connected];
  },

  "without a socket in the main namespace": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/only") });
    const client = await world.connect("/only");
    const { io } = world;
    return [
      io.of("/only").sockets.size,
      io.of("/").sockets.size,
      world.serverSide(client, "/only")!.nsp.name,
      [...world.serverSide(client, "/only")!.rooms],
    ];
  },

  "rooms, broadcasts and sockets are those of the namespace": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const there = world.serverSide(other, "/other")!;
    await server.join("r");
    await there.join("r");
    const heard: string[][] = [];
    client.onAny((name: string) => heard.push(["main", name]));
    other.onAny((name: string) => heard.push(["other", name]));
    const { io } = world;
    io.to("r").emit("main room");
    io.of("/other").in("r").emit("other room");
    io.of("/other").except("r").emit("nobody");
    io.of("/other").local.emit("local");
    io.of("/other").compress(false).emit("compress");
    await roundTrip(client, server);
    await roundTrip(other, there);
    return {
      heard: sorted(heard.filter(([, name]) => name !== "round trip")),
      sockets: (await io.of("/other").fetchSockets()).map((socket) => socket.id === other.id),
      all: (await io.of("/other").allSockets()).has(other.id!),
      none: (await io.of("/nobody").fetchSockets()).length,
    };
  },

  "disconnectSockets, socketsJoin and socketsLeave of a namespace": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const there = world.serverSide(other, "/other")!;
    const nsp = world.io.of("/other");
    nsp.socketsJoin(["x", "y"]);
    const joined = [...there.rooms];
    nsp.socketsLeave("x");
    const left = [...there.rooms];
    const gone = next(other, "disconnect");
    nsp.disconnectSockets();
    const reason = (await gone)[0];
    await roundTrip(client, server);
    return { joined, left, reason, main: client.connected, rooms: [...server.rooms] };
  },

  "middlewares of one are not those of another": async (it) => {
    const seen: string[] = [];
    const world = await it.open({
      setup: (io) => {
        io.use((_socket, go) => {
          seen.push("main");
          go();
        });
        io.of("/other").use((_socket, go) => {
          seen.push("other");
          go(new Error("not here"));
        });
      },
    });
    const { client } = await world.pair();
    const other = client.io.socket("/other");
    const refused = next(other, "connect_error");
    other.connect();
    return [await refused, seen];
  },

  "different sockets, one client, one connection": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const there = world.serverSide(other, "/other")!;
    return {
      client: server.client === there.client,
      conn: server.conn === there.conn,
      request: server.request === there.request,
      handshakes: server.handshake === there.handshake,
      auth: [server.handshake.auth, there.handshake.auth],
    };
  },

  "close of the connection disconnects all": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair("", { reconnection: false });
    const other = await world.beside(client, "/other");
    const there = world.serverSide(other, "/other")!;
    const seen = Promise.all(
      [client, other, server, there].map(async (each) => (await next(each, "disconnect"))[0]),
    );
    server.disconnect(true);
    return seen;
  },

  "connecting twice with forceNew gives two connections": async (it) => {
    const world = await it.open();
    const one = await world.connect();
    const two = await world.connect();
    await until("the server counts two", () => world.io.engine.clientsCount === 2);
    return [one.io === two.io, one.id, two.id];
  },

  "emit of a namespace reaches who has connected in this tick": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.of("/n").on("connection", () => io.of("/n").emit("all", 1));
      },
    });
    const client = await world.client("/n");
    const all = next(client, "all");
    client.connect();
    return all;
  },

  "fetchSockets, allSockets, serverSideEmit of a namespace": async (it) => {
    const world = await it.open();
    const nsp = world.io.of("/x");
    return [
      await nsp.fetchSockets(),
      await nsp.allSockets(),
      await outcome((async () => nsp.serverSideEmit("hello", 1))()),
    ];
  },
});
