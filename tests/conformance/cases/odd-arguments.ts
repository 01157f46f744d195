import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { section } from "../harness/case.ts";
import { next, roundTrip, thrown } from "../harness/tools.ts";
import type { AddressInfo } from "node:net";

/** What calls come to: how many of what they sent was heard is told apart. */
const attempt = (call: () => unknown): unknown => {
  const text = thrown(call);
  return text === "nothing was thrown" ? "fine" : "throws";
};

export const oddArguments = section("Odd arguments", "server-api/", {
  "rooms: undefined, an empty list, numbers, many": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const { io } = world;
    const heard: unknown[] = [];
    client.onAny((name: unknown) => heard.push(name));
    const seen = [
      attempt(() => io.to(undefined as never).emit("to undefined")),
      attempt(() => io.to([]).emit("to an empty list")),
      attempt(() => io.except(undefined as never).emit("except undefined")),
      attempt(() => io.except([]).emit("except an empty list")),
      attempt(() => io.socketsJoin([])),
      attempt(() => server.join([])),
      attempt(() => server.join(undefined as never)),
      attempt(() => server.leave(undefined as never)),
      attempt(() => server.join(7 as never)),
      attempt(() => io.to(7 as never).emit("to 7")),
      attempt(() => io.to("7").emit("to the text 7")),
      attempt(() => server.join(Array.from({ length: 300 }, (_, n) => `room ${n}`))),
    ];
    await roundTrip(client, server);
    return [seen, heard, server.rooms.size];
  },

  "timeouts: zero, undefined, a text": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    client.on("ask", () => undefined);
    const seen = [];
    for (const timeout of [0, 1, "5", -1] as number[]) {
      seen.push(
        await server
          .timeout(timeout)
          .emitWithAck("ask")
          .catch((error: Error) => error.message),
        await world.io
          .timeout(timeout)
          .emitWithAck("ask")
          .catch((error: Error) => error.message),
      );
    }
    return seen;
  },

  "emit without a name": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const gone = next(client, "disconnect");
    const returned = (server as unknown as { emit: () => unknown }).emit();
    return [returned, (await gone)[0]];
  },

  "the client emits without a name": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const gone = next(server, "disconnect");
    (client as unknown as { emit: () => unknown }).emit();
    return (await gone)[0];
  },

  "listeners that are none": async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    return [
      attempt(() => server.on("x", undefined as never)),
      attempt(() => world.io.on("x", "text" as never)),
      attempt(() => world.io.of("/x").on("y", null as never)),
    ];
  },

  "one server on two HTTP servers": async (it) => {
    const io = new it.lib.Server();
    const heard: unknown[] = [];
    io.on("connection", (socket) => socket.on("it", (n, done) => done(heard.push(n))));
    const seen = [];
    for (const n of [1, 2]) {
      const http = createServer();
      io.attach(http);
      it.after(() => http.close());
      http.listen(0, "127.0.0.1");
      await next(http, "listening");
      const client = it.client(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
      await next(client, "connect");
      seen.push(await client.emitWithAck("it", n));
    }
    return [seen, heard, io.of("/").sockets.size];
  },

  "beside a websocket server on another path": async (it) => {
    const world = await it.open();
    const beside = new WebSocketServer({ noServer: true });
    it.after(() => beside.close());
    world.http.on("upgrade", (request, socket, head) => {
      if (!request.url?.startsWith("/ws")) return;
      beside.handleUpgrade(request, socket, head, (line) => {
        line.on("message", (data) => line.send(data));
      });
    });
    const line = new WebSocket(`ws://127.0.0.1:${world.port}/ws`);
    it.after(() => line.close());
    await next(line, "open");
    const echo = next<[Buffer]>(line, "message");
    line.send("hello");
    const { client, server } = await world.pair();
    await roundTrip(client, server);
    return [(await echo)[0].toString(), client.connected];
  },

  "a client that asks for a namespace with an odd name": async (it) => {
    const world = await it.open({ setup: (io) => void io.of(/^\/.*$/) });
    const seen = [];
    for (const name of ["/a b", "/ü/🚢", "/__proto__", "/constructor", "/UPPER", "/a/b/c"]) {
      const client = await world.connect(name);
      seen.push([world.serverSide(client, name)?.nsp.name, world.io._nsps.has(name)]);
    }
    return seen;
  },
});
