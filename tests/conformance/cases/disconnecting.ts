import { section } from "../harness/case.ts";
import { next, roundTrip, turns, until } from "../harness/tools.ts";
import { rawWebSocket } from "../harness/raw.ts";
import type { ClientSocket, ServerSocket } from "../../src/support/pairing.ts";

/** What both ends are told of a disconnection. */
function told(client: ClientSocket, server: ServerSocket): () => Promise<unknown> {
  const here = next(client, "disconnect");
  const there = next(server, "disconnect");
  return async () => ({ client: (await here)[0], server: (await there)[0] });
}

export const disconnecting = section("Disconnect reasons", "server-socket-instance/#disconnect", {
  "socket.disconnect() of the client": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const reasons = told(client, server);
    client.disconnect();
    const seen = await reasons();
    await until("the connection is let go", () => world.io.engine.clientsCount === 0);
    return [seen, client.active, server.connected, server.disconnected];
  },

  "socket.disconnect() of the server": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const reasons = told(client, server);
    const chained = server.disconnect() === server;
    const at = [server.connected, server.rooms.size, world.io.sockets.sockets.size];
    return [chained, at, await reasons(), client.active];
  },

  "socket.disconnect(true): the whole line": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const client = await world.connect("", { reconnection: false });
    const other = await world.beside(client, "/other");
    const one = told(client, world.serverSide(client)!);
    const two = told(other, world.serverSide(other, "/other")!);
    world.serverSide(client)!.disconnect(true);
    const seen = [await one(), await two()];
    await until("the connection is let go", () => world.io.engine.clientsCount === 0);
    return seen;
  },

  "socket.disconnect(true) over polling with events under way": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const heard: unknown[] = [];
    client.on("last", (n) => heard.push(n));
    const gone = next(client, "disconnect");
    for (let n = 0; n < 5; n += 1) server.emit("last", n);
    server.disconnect(true);
    return [(await gone)[0], heard];
  },

  "conn.close()": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const reasons = told(client, server);
    server.conn.close();
    return reasons();
  },

  "conn.close(true)": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const there = next(server, "disconnect");
    const here = next(client, "disconnect");
    server.conn.close(true);
    const reason = (await there)[0];
    return [reason, String((await here)[0]).startsWith("transport")];
  },

  "the client's line breaks": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const reasons = told(client, server);
    client.io.engine.close();
    return reasons();
  },

  "io.close(): server shutting down": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const reasons = told(client, server);
    const stopped = world.stop();
    const seen = await reasons();
    await stopped;
    return seen;
  },

  "a client that is silent: ping timeout": async (it) => {
    const world = await it.open({ options: { pingInterval: 40, pingTimeout: 40 } });
    const raw = await rawWebSocket(world.port);
    it.after(() => raw.close());
    raw.send("40");
    const [socket] = await next<[ServerSocket]>(world.io, "connection");
    const [reason, description] = await next(socket, "disconnect");
    return [reason, description];
  },

  "what the client sends against the protocol": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    for (const sent of ["42[", "9", '4{"not a packet"', "45", '42["a"]trailing', "42{}"]) {
      const raw = await rawWebSocket(world.port);
      it.after(() => raw.close());
      const connected = next<[ServerSocket]>(world.io, "connection");
      raw.send("40");
      const [socket] = await connected;
      const gone = next(socket, "disconnect");
      raw.send(sent);
      seen.push([sent, (await gone)[0]]);
    }
    return seen;
  },

  "the socket's state in disconnecting and disconnect": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    await server.join("room");
    const seen: unknown[] = [];
    const look = (event: string) => (reason: string) => {
      seen.push([
        event,
        reason,
        [...server.rooms].map((room) => (room === server.id ? "own" : room)),
        server.connected,
        world.io.of("/").sockets.has(server.id),
        world.io.of("/").adapter.sids.has(server.id),
      ]);
    };
    server.on("disconnecting", look("disconnecting"));
    server.on("disconnect", look("disconnect"));
    const gone = next(server, "disconnect");
    client.disconnect();
    await gone;
    return seen;
  },

  "arguments of disconnect, and the description": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const gone = next(server, "disconnect");
    client.disconnect();
    return (await gone).length;
  },

  "emit in disconnecting reaches the rooms": async (it) => {
    const world = await it.open();
    const a = await world.pair();
    const b = await world.pair();
    await a.server.join("room");
    await b.server.join("room");
    a.server.on("disconnecting", () => {
      for (const room of a.server.rooms) {
        if (room !== a.server.id) a.server.to(room).emit("left", room);
      }
    });
    const heard = next(b.client, "left");
    a.client.disconnect();
    return heard;
  },

  "disconnect twice, and emit afterwards": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    server.on("disconnect", (reason) => seen.push(reason));
    server.disconnect();
    server.disconnect();
    server.disconnect(true);
    seen.push(server.emit("after"), await server.join("after"), server.rooms.size);
    await until("the client knows", () => !client.connected);
    return [seen, world.io.of("/").adapter.rooms.has("after")];
  },

  "disconnect in the connection handler": async (it) => {
    const world = await it.open({
      setup: (io) => io.on("connection", (socket) => void socket.disconnect()),
    });
    const client = await world.client();
    const seen: unknown[] = [];
    client.on("connect", () => seen.push("connect"));
    const gone = next(client, "disconnect");
    client.connect();
    const reason = (await gone)[0];
    await until("nobody is there", () => world.io.of("/").sockets.size === 0);
    return [seen, reason];
  },

  "what was emitted before disconnect() arrives": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    client.on("last", (n) => heard.push(n));
    const here = next(client, "disconnect");
    for (let n = 0; n < 10; n += 1) server.emit("last", n, Buffer.from([n]));
    server.disconnect();
    await here;
    return heard;
  },

  "what the client emitted before its disconnect() arrives": {
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      const heard: unknown[] = [];
      server.on("last", (n) => heard.push(n));
      await roundTrip(client, server);
      const gone = next(server, "disconnect");
      client.emit("last", 1);
      await turns(5);
      client.emit("last", 2);
      await until("it has come", () => heard.length === 2);
      client.disconnect();
      await gone;
      return heard;
    },
  },

  "an event in the same body as the client's disconnect is not handed over": {
    modes: ["polling"],
    run: async (it) => {
      const heard: unknown[] = [];
      const world = await it.open({
        setup: (io) => {
          io.on("connection", (socket) => {
            socket.on("test", () => heard.push("test"));
            socket.on("disconnect", (reason) => heard.push(reason));
          });
        },
      });
      const client = await world.client();
      client.on("connect", () => {
        client.emit("test", Buffer.alloc(10));
        client.disconnect();
      });
      client.connect();
      await until("it has left", () => heard.length > 0);
      await turns();
      return heard;
    },
  },

  "events after the server's disconnect are not handed over": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    server.on("it", (n) => heard.push(n));
    server.on("end", () => server.disconnect());
    const gone = next(client, "disconnect");
    client.emit("it", 1);
    client.emit("end");
    await gone;
    return heard;
  },

  "an event for a namespace that the server has just disconnected": {
    modes: ["websocket"],
    run: async (it) => {
      const world = await it.open({ setup: (io) => void io.of("/other") });
      const raw = await rawWebSocket(world.port);
      it.after(() => raw.close());
      raw.send("40");
      const [main] = await next<[ServerSocket]>(world.io, "connection");
      raw.send("40/other,");
      const [other] = await next<[ServerSocket]>(world.io.of("/other"), "connection");
      other.disconnect();
      raw.send('42/other,["late"]');
      raw.send('42["sync"]');
      return Promise.race([
        next(main, "sync").then(() => "goes on"),
        next(main, "disconnect").then(([reason]) => reason),
      ]);
    },
    differs: {
      what: "an event for a namespace that the server has just disconnected",
      socketIo: "closes the connection, with all its namespaces",
      hawser: "ignored",
      why: "the client could not know yet, and its other namespaces are innocent",
      expected: { server: "goes on", both: "goes on" },
    },
  },
});
