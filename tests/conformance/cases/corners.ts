import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { section } from "../harness/case.ts";
import { collect, next, roundTrip, turns, until } from "../harness/tools.ts";
import type { Case } from "../harness/case.ts";

const onWebSocket = (run: Case["run"]): Case => ({ run, modes: ["websocket", "polling upgraded"] });

interface PacketOptions {
  options?: { compress?: boolean; volatile?: boolean; wsPreEncodedFrame?: unknown };
}

export const corners = section("Corners", "server-socket-instance/", {
  "send of null, and nothing": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const up = collect(server, "message", 2);
    client.send(null);
    client.send();
    const down = collect(client, "message", 2);
    server.send(null);
    server.send();
    return [await up, await down];
  },

  "the client writes something to the line by itself": async (it) => {
    const seen: unknown[] = [];
    for (const written of ['44["handle me please"]', "random string", '2["raw event"]', "9"]) {
      const world = await it.open();
      const { client, server } = await world.pair("", { reconnection: false });
      const outcome = Promise.race([
        next(server, "disconnect").then(([reason]) => reason),
        next(server, "raw event").then(() => "an event"),
      ]);
      client.io.engine.write(written);
      seen.push([written, await outcome]);
    }
    return seen;
  },

  "raw binary from the client": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const gone = next(server, "disconnect");
    client.io.engine.write(Buffer.from([1, 2, 3]));
    return (await gone)[0];
  },

  "what cannot be read is an error of the socket": async (it) => {
    const seen: unknown[] = [];
    for (const written of ["5woooot", "5", "9", '2{"not":"a list"}']) {
      const world = await it.open();
      const { client, server } = await world.pair("", { reconnection: false });
      const error = next<[Error]>(server, "error");
      const gone = next(server, "disconnect");
      client.io.engine.write(written);
      const [{ message }] = await error;
      seen.push([message === "Illegal attachments", (await gone)[0]]);
    }
    return seen;
  },

  "an unread packet is an error in each namespace": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair("", { reconnection: false });
    const other = await world.beside(client, "/other");
    const errors = [server, world.serverSide(other, "/other")!].map((each) => next(each, "error"));
    client.io.engine.write("4abc");
    return (await Promise.all(errors)).length;
  },

  "raw binary and text from the server": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const gone = next(client, "disconnect");
    server.conn.send("not a packet");
    return (await gone)[0];
  },

  "compress: what the packets of the line say": onWebSocket(async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    server.conn.on("packetCreate", ({ options }: PacketOptions) => seen.push(options?.compress));
    server.emit("by default");
    server.compress(true).emit("on");
    server.compress(false).emit("off");
    world.io.emit("all by default");
    world.io.compress(false).emit("all off");
    await roundTrip(client, server);
    return seen.slice(0, 5);
  }),

  "a broadcast is framed once": onWebSocket(async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    server.conn.once("packetCreate", ({ options }: PacketOptions) => {
      seen.push(Array.isArray(options?.wsPreEncodedFrame));
    });
    world.io.emit("all");
    await roundTrip(client, server);
    return seen;
  }),

  "very large JSON and binary with a limit that allows it": async (it) => {
    const world = await it.open({ options: { maxHttpBufferSize: 1e8 } });
    const { client, server } = await world.pair();
    server.on("echo", (value, done) => done(value));
    const json = { list: Array.from({ length: 20_000 }, (_, n) => ({ n, text: `item ${n}` })) };
    const bytes = Buffer.alloc(2_000_000, 7);
    const back = (await client.emitWithAck("echo", json)) as typeof json;
    return [back.list.length, back.list.at(-1), await client.emitWithAck("echo", bytes)];
  },

  "Object.prototype with a member more": {
    alone: true,
    run: async (it) => {
      const prototype = Object.prototype as unknown as Record<string, unknown>;
      prototype["foo"] = "bar";
      it.after(() => delete prototype["foo"]);
      const world = await it.open();
      const { client, server } = await world.pair();
      server.on("echo", (value, done) => done(value));
      const seen = await client.emitWithAck("echo", [1, { a: Buffer.from([2]) }]);
      await server.join("room");
      const heard = next(client, "it");
      world.io.to("room").emit("it", { b: 3 });
      return [JSON.stringify(seen), JSON.stringify(await heard)];
    },
  },

  "events that come all at once, through several namespaces": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.of("/chat").on("connection", (socket) => {
          for (let n = 0; n < 5; n += 1) socket.emit("chat", n);
        });
        io.on("connection", (socket) => {
          for (let n = 0; n < 5; n += 1) socket.emit("main", n);
        });
      },
    });
    const chat = await world.client("/chat");
    const main = chat.io.socket("/");
    const seen = [collect(chat, "chat", 5), collect(main, "main", 5)];
    chat.connect();
    main.connect();
    return Promise.all(seen);
  },

  "an event behind a disconnection is not handed over": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    let heard = 0;
    client.on("after", () => (heard += 1));
    server.disconnect();
    server.emit("after");
    world.io.to(server.id).emit("after");
    await until("the client knows", () => !client.connected);
    await turns();
    return heard;
  },

  "join after disconnect, in a handler": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const gone = new Promise((resolve) => {
      server.on("disconnect", async () => {
        await server.join("late");
        resolve([...server.rooms]);
      });
    });
    client.disconnect();
    return [await gone, world.io.of("/").adapter.rooms.has("late")];
  },

  "many sockets in many namespaces": async (it) => {
    const names = Array.from({ length: 10 }, (_, n) => `/n${n}`);
    const world = await it.open({ setup: (io) => names.forEach((name) => void io.of(name)) });
    const { client } = await world.pair();
    const sockets = await Promise.all(names.map((name) => world.beside(client, name)));
    const heard = Promise.all(sockets.map((socket) => next(socket, "it")));
    for (const [n, name] of names.entries()) world.io.of(name).emit("it", n);
    return [await heard, new Set(sockets.map(({ id }) => id)).size, world.io.engine.clientsCount];
  },

  "two clients ask for the same new namespace at once": async (it) => {
    const world = await it.open();
    const made: unknown[] = [];
    world.io.on("new_namespace", ({ name }) => made.push(name));
    world.io.of((_name, _auth, allow) => setImmediate(() => allow(null, true)));
    const one = world.connect("/dynamic");
    const two = world.connect("/dynamic");
    await Promise.all([one, two]);
    return [made, world.io.of("/dynamic").sockets.size];
  },

  "the process ends when the server is closed": {
    of: "server",
    modes: ["websocket"],
    run: (it) => {
      const script = `
        const { Server } = require(process.argv[1]);
        const io = new Server(0);
        const clients = [];
        io.on("connection", (socket) => { socket.disconnect(true); io.close(); });
        const port = io.httpServer.address().port;
        const client = require("socket.io-client")("http://127.0.0.1:" + port, { transports: ["websocket"], reconnection: false });
        client.on("disconnect", () => client.close());
      `;
      const name = it.pairing.server === "hawser" ? "hawser" : "socket.io";
      const path = createRequire(import.meta.url).resolve(name);
      const child = fork("-e", [script, path], { execArgv: [], execPath: process.execPath });
      it.after(() => child.kill());
      return next(child, "exit");
    },
  },

  "a server that was never attached holds up nobody": {
    of: "server",
    modes: ["websocket"],
    run: (it) => {
      const name = it.pairing.server === "hawser" ? "hawser" : "socket.io";
      const path = createRequire(import.meta.url).resolve(name);
      const script = "new (require(process.argv[1]).Server)().of('/x').emit('y')";
      const child = fork("-e", [script, path], { execArgv: [], execPath: process.execPath });
      it.after(() => child.kill());
      return next(child, "exit");
    },
  },

  "onevent that is wrapped, as wildcard plug-ins do": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.use((socket, go) => {
          const plugged = socket as unknown as { onevent: (packet: { data: unknown[] }) => void };
          const { onevent } = plugged;
          plugged.onevent = function wildcard(packet) {
            const args = packet.data ?? [];
            onevent.call(this, packet);
            packet.data = ["*", ...args];
            onevent.call(this, packet);
          };
          go();
        });
      },
    });
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    server.on("it", (...args) => heard.push(["it", ...args]));
    server.on("*", (...args) => heard.push(["*", ...args]));
    client.emit("it", 1, { two: 3 });
    client.emit("other");
    await until("all was heard", () => heard.length === 3);
    return heard;
  },

  "io.eio and io.engine are one": {
    of: "server",
    modes: ["websocket"],
    run: async (it) => {
      const io = new it.lib.Server({ serveClient: false });
      const world = await it.open();
      const { http } = world;
      io.attach(http, { path: "/second", pingTimeout: 6_000 });
      const given = io as unknown as { eio: { opts: { pingTimeout: number } } };
      return [given.eio === (io.engine as unknown), given.eio.opts.pingTimeout];
    },
  },
});
