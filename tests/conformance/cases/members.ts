import { section } from "../harness/case.ts";
import { next } from "../harness/tools.ts";
import type { Case } from "../harness/case.ts";

const only = (run: Case["run"]): Case => ({ run, of: "server", modes: ["websocket"] });

/** Types of members by name, so that one that is missing or of another kind shows. */
function kinds(subject: object, names: string): Record<string, string> {
  const members = subject as Record<string, unknown>;
  return Object.fromEntries(names.split(" ").map((name) => [name, typeof members[name]]));
}

const emitter =
  "on once off emit addListener removeListener removeAllListeners listeners listenerCount eventNames prependListener";

export const members = section("Members", "server-api/", {
  Server: only(async (it) => {
    const { io } = await it.open();
    return kinds(
      io,
      `${emitter} sockets engine httpServer encoder _nsps _opts _connectTimeout serveClient path connectTimeout adapter listen attach ` +
        "attachApp bind of close use to in except send write serverSideEmit serverSideEmitWithAck allSockets compress volatile local " +
        "timeout fetchSockets socketsJoin socketsLeave disconnectSockets",
    );
  }),

  "Server: constructor's own forms": only(async (it) => {
    const { Server } = it.lib;
    return [
      Server.length,
      Server.name,
      new Server() instanceof Server,
      typeof Server.prototype.emit,
    ];
  }),

  Namespace: only(async (it) => {
    const { io } = await it.open();
    return kinds(
      io.of("/x"),
      `${emitter} name sockets adapter server use to in except send write serverSideEmit serverSideEmitWithAck allSockets compress ` +
        "volatile local timeout fetchSockets socketsJoin socketsLeave disconnectSockets _ids _onServerSideEmit",
    );
  }),

  "parent namespace": only(async (it) => {
    const { io } = await it.open();
    const parent = io.of(/^\/x/);
    return [
      kinds(parent, `${emitter} name use to in except emit local volatile compress timeout`),
      parent.name.startsWith("/_"),
      (parent as unknown as { children: unknown }).children instanceof Set,
    ];
  }),

  Socket: only(async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    return kinds(
      server,
      `${emitter} nsp client id handshake data recovered connected disconnected request conn rooms server adapter acks send write emit ` +
        "emitWithAck to in except broadcast local volatile compress timeout join leave disconnect use onAny prependAny offAny " +
        "listenersAny onAnyOutgoing prependAnyOutgoing offAnyOutgoing listenersAnyOutgoing",
    );
  }),

  BroadcastOperator: only(async (it) => {
    const { io } = await it.open();
    return kinds(
      io.to("x"),
      "to in except compress volatile local timeout emit emitWithAck allSockets fetchSockets socketsJoin socketsLeave disconnectSockets",
    );
  }),

  Client: only(async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    return kinds(server.client, "conn request sockets nsps");
  }),

  "what is private, but read by tools": only(async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const odd = server as unknown as { packet(packet: object): void };
    const { sockets } = server.client as unknown as { sockets: Map<string, unknown> };
    const { transport } = server.conn as unknown as {
      transport: {
        socket: { readyState: number; bufferedAmount: number; _socket: { remoteAddress: string } };
      };
    };
    const heard = next(client, "x");
    odd.packet({ type: 2, data: ["x", 1] });
    const answer = await heard;
    const { readyState, bufferedAmount, _socket } = transport.socket;
    return [
      [...sockets.keys()].map((id) => id === server.id),
      sockets.get(server.id) === server,
      answer,
      [readyState, bufferedAmount, typeof _socket.remoteAddress],
    ];
  }),

  "a socket's own properties": only(async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    return {
      data: server.data as unknown,
      rooms: server.rooms instanceof Set,
      acks: (server as unknown as { acks: unknown }).acks instanceof Map,
      nsp: server.nsp === world.io.of("/"),
      server: (server as unknown as { server: unknown }).server === world.io,
      adapter: (server as unknown as { adapter: unknown }).adapter === world.io.of("/").adapter,
      client: server.client.conn === server.conn,
      instance: server instanceof it.lib.Socket,
      known: world.io.of("/").sockets.get(server.id) === server,
    };
  }),

  "data may be set and added to": only(async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    server.data.a = 1;
    const first: unknown = { ...server.data };
    server.data = { b: 2 };
    const [remote] = await world.io.fetchSockets();
    return [first, server.data as unknown, remote!.data === server.data];
  }),

  "members of one's own on a socket, a namespace, a server": only(async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    for (const subject of [server, world.io, world.io.of("/"), server.client, server.conn]) {
      (subject as unknown as Record<string, unknown>)["user"] = "ann";
    }
    const seen = new Promise((resolve) => {
      server.on("it", function (this: Record<string, unknown>) {
        resolve(this["user"]);
      } as never);
    });
    client.emit("it");
    return seen;
  }),

  "sockets of a namespace can be walked": only(async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    const seen: unknown[] = [];
    for (const [id, socket] of world.io.of("/").sockets)
      seen.push([id === server.id, socket === server]);
    world.io.sockets.sockets.forEach((socket) => seen.push(socket.connected));
    return [seen, world.io.of("/").sockets.size, world.io.sockets.sockets.has(server.id)];
  }),

  "methods without their object do not lose their server": only(async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const heard = next(client, "it");
    const emit = server.emit.bind(server);
    emit("it", 1);
    return heard;
  }),

  "JSON and inspection of a socket do not fail": only(async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    const { inspect } = await import("node:util");
    return [typeof inspect(server, { depth: 1 }), typeof inspect(world.io, { depth: 1 })];
  }),
});
