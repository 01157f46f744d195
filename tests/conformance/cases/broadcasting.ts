import { section } from "../harness/case.ts";
import { next, roundTrip, sorted, thrown } from "../harness/tools.ts";
import type { ClientSocket, ServerSocket } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

interface Member {
  client: ClientSocket;
  server: ServerSocket;
}

/** Connected clients, what each hears, and a way to wait until all have heard it. */
async function audience(
  world: World,
  count: number,
): Promise<{
  members: Member[];
  heard: unknown[][];
  all: () => Promise<unknown[][]>;
}> {
  const members: Member[] = [];
  const heard: unknown[][] = [];
  for (let n = 0; n < count; n += 1) {
    const member = await world.pair();
    const list: unknown[] = [];
    member.client.onAny((...args) => list.push(args));
    members.push(member);
    heard.push(list);
  }
  return {
    members,
    heard,
    all: async () => {
      for (const { client, server } of members) await roundTrip(client, server);
      return heard;
    },
  };
}

export const broadcasting = section("Broadcasting events", "broadcasting-events/", {
  "everyone, everyone else, a room, rooms, exceptions": async (it) => {
    const world = await it.open();
    const { members, all } = await audience(world, 3);
    const [a, b, c] = members.map(({ server }) => server) as [
      ServerSocket,
      ServerSocket,
      ServerSocket,
    ];
    await a.join("one");
    await b.join(["one", "two"]);
    const { io } = world;
    io.emit("all", 1, "2", { 3: "4", 5: Buffer.from([6]) });
    a.broadcast.emit("others");
    a.broadcast.to("one").emit("others in one");
    a.to("one").emit("to one");
    a.to("one").to("two").emit("to one and two");
    a.in(["one", "two"]).except("two").emit("in one but two");
    c.except("two").emit("all but two");
    io.in("one").except(a.id).emit("in one but a");
    io.to(c.id).emit("to c");
    a.to(c.id).emit("private", a.id);
    a.to(a.id).emit("to itself");
    io.except("one").except("two").emit("nobody of them");
    io.except(["one"]).to("two").emit("never");
    return all();
  },

  "an operator may be kept and used again": async (it) => {
    const world = await it.open();
    const { members, all } = await audience(world, 2);
    await members[0]!.server.join("one");
    await members[1]!.server.join("two");
    const one = world.io.to("one");
    const both = one.to("two");
    one.emit("one");
    both.emit("both");
    one.emit("one again");
    both.except("one").emit("two");
    return [await all(), (one as unknown) === both];
  },

  "flags of an operator: volatile, compress, local, timeout": async (it) => {
    const world = await it.open();
    const { members, all } = await audience(world, 2);
    await members[0]!.server.join("one");
    const { io } = world;
    io.compress(true).emit("compress");
    io.compress(false).to("one").emit("compress to");
    io.local.emit("local");
    io.to("one").local.compress(false).emit("local to");
    members[0]!.server.local.emit("local of a socket");
    members[0]!.server.compress(true).emit("a socket's");
    members[0]!.server.compress(false).broadcast.emit("its broadcast");
    io.timeout(1_000).emit("without an acknowledgement");
    return all();
  },

  "flags of a socket are used up by one emit": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    client.on("y", (done) => done("answer"));
    server.timeout(10).emit("x");
    const seen = new Promise((resolve) => {
      server.emit("y", (...args: unknown[]) => resolve(args));
    });
    return [await seen, thrown(() => server.compress(true).volatile.timeout(1).emit("z"))];
  },

  "once for who is in several rooms": async (it) => {
    const world = await it.open();
    const { members, all } = await audience(world, 1);
    await members[0]!.server.join(["one", "two", "three"]);
    world.io.to("one").to("two").to(["three", "one"]).emit("it");
    return all();
  },

  "room names of any kind": async (it) => {
    const world = await it.open();
    const { members, all } = await audience(world, 2);
    const [a, b] = members.map(({ server }) => server) as [ServerSocket, ServerSocket];
    const rooms: unknown[] = ["", "ü 🚢", "__proto__", "constructor", 1, "1", 0, null];
    for (const [index, room] of rooms.entries()) {
      await a.join(room as string);
      world.io.to(room as string).emit("room", index);
    }
    await b.join(["same", "same"]);
    world.io.to("same").emit("same");
    const kept = [...a.rooms].map((room) => (room === a.id ? "own" : room));
    await a.leave("__proto__");
    return { heard: await all(), kept, after: a.rooms.has("__proto__") };
  },

  "in the order of being sent, mixed with a socket's own": async (it) => {
    const world = await it.open();
    const { members, all } = await audience(world, 2);
    const { server } = members[0]!;
    for (let n = 0; n < 20; n += 1) {
      world.io.emit("all", n);
      server.emit("own", n);
      if (n % 5 === 0) server.broadcast.emit("others", n, Buffer.from([n]));
    }
    return all();
  },

  "send and write of namespaces and operators": async (it) => {
    const world = await it.open();
    const { all } = await audience(world, 2);
    world.io.send("io");
    world.io.sockets.write("nsp");
    const operator = world.io.to("x") as unknown as Record<string, unknown>;
    return [await all(), typeof operator["send"], typeof operator["write"]];
  },

  "to a socket that has just gone": async (it) => {
    const world = await it.open();
    const { members, heard } = await audience(world, 2);
    const { client, server } = members[0]!;
    const gone = next(server, "disconnect");
    client.disconnect();
    await gone;
    world.io.to(server.id).emit("to it");
    server.emit("from it");
    server.broadcast.emit("its broadcast");
    server.to("room").emit("its room");
    await roundTrip(members[1]!.client, members[1]!.server);
    return heard;
  },

  "join and leave return, with the memory adapter": async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    return [await server.join("a"), await server.leave("a"), await server.join(["b", "c"])];
  },

  "join and leave in the same tick as an emit": async (it) => {
    const world = await it.open();
    const { members, all } = await audience(world, 1);
    const { server } = members[0]!;
    void server.join("r");
    world.io.to("r").emit("joined");
    void server.leave("r");
    world.io.to("r").emit("left");
    return all();
  },

  "an acknowledgement of a broadcast without timeout, and nobody answers": async (it) => {
    const world = await it.open();
    await audience(world, 1);
    return new Promise((resolve) => {
      world.io.emit("ask", (...args: unknown[]) => resolve(args));
    });
  },
});

export const utilities = section("Utility methods", "server-instance/#utility-methods", {
  "fetchSockets: all, of rooms, of a socket's broadcast": async (it) => {
    const world = await it.open();
    const { members } = await audience(world, 3);
    const [a, b, c] = members.map(({ server }) => server) as [
      ServerSocket,
      ServerSocket,
      ServerSocket,
    ];
    await a.join("one");
    await b.join(["one", "two"]);
    a.data = { name: "a" };
    const name = (id: string): string => ["a", "b", "c"][[a.id, b.id, c.id].indexOf(id)]!;
    const names = async (found: Promise<{ id: string }[]>): Promise<string[]> =>
      (await found).map(({ id }) => name(id)).toSorted();
    const { io } = world;
    const [remote] = await io.in("one").except("two").fetchSockets();
    return {
      all: await names(io.fetchSockets()),
      one: await names(io.in("one").fetchSockets()),
      "but two": await names(io.except("two").fetchSockets()),
      local: await names(io.local.fetchSockets()),
      of: await names(io.of("/").to(["one", "two"]).fetchSockets()),
      others: await names(a.broadcast.fetchSockets()),
      nobody: await names(io.in("nobody").fetchSockets()),
      remote: {
        id: remote!.id === a.id,
        rooms: [...remote!.rooms].map((room) => (room === a.id ? "own" : room)),
        data: remote!.data as unknown,
        handshake: remote!.handshake.address,
        methods: ["emit", "join", "leave", "disconnect", "timeout"].map(
          (method) => typeof (remote as unknown as Record<string, unknown>)[method],
        ),
      },
    };
  },

  "what is fetched can be used": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    client.on("ask", (n, done) => done(n + 1));
    const [remote] = await world.io.fetchSockets();
    remote!.join("x");
    const joined = server.rooms.has("x");
    remote!.leave("x");
    const left = server.rooms.has("x");
    const heard = next(client, "it");
    remote!.emit("it", 1);
    const answer = await remote!.timeout(5_000).emitWithAck("ask", 1);
    const told = await heard;
    const gone = next(client, "disconnect");
    const chained = remote!.disconnect() === remote;
    return { joined, left, told, answer, chained, reason: (await gone)[0] };
  },

  "socketsJoin, socketsLeave": async (it) => {
    const world = await it.open();
    const { members } = await audience(world, 2);
    const [a, b] = members.map(({ server }) => server) as [ServerSocket, ServerSocket];
    const { io } = world;
    const rooms = (): unknown[] =>
      [a, b].map((socket) => [...socket.rooms].filter((room) => room !== socket.id));
    const seen = [rooms()];
    seen.push([io.socketsJoin("r"), io.socketsJoin(["s", "t"])], rooms());
    io.in(a.id).socketsLeave("r");
    seen.push(rooms());
    io.except("r").socketsJoin("u");
    seen.push(rooms());
    a.broadcast.socketsLeave(["s", "t"]);
    io.in("nobody").socketsJoin("v");
    seen.push(rooms());
    return seen;
  },

  "disconnectSockets: the namespace, and the whole line": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { members } = await audience(world, 2);
    const { client } = members[0]!;
    const other = await world.beside(client, "/other");
    client.io.reconnection(false);
    const first = next(client, "disconnect");
    world.io.in(client.id!).disconnectSockets();
    const reason = (await first)[0];
    const stays = other.connected;
    const second = next(other, "disconnect");
    world.io.of("/other").disconnectSockets(true);
    return [reason, stays, (await second)[0], members[1]!.client.connected];
  },

  allSockets: async (it) => {
    const world = await it.open();
    const { members } = await audience(world, 2);
    const [a, b] = members.map(({ server }) => server) as [ServerSocket, ServerSocket];
    await a.join("one");
    const name = (ids: Set<string>): unknown =>
      sorted([...ids].map((id) => (id === a.id ? "a" : id === b.id ? "b" : id)));
    return [
      name(await world.io.allSockets()),
      name(await world.io.in("one").allSockets()),
      name(await world.io.of("/other").allSockets()),
    ];
  },

  "serverSideEmit with one server": async (it) => {
    const world = await it.open();
    const heard: unknown[] = [];
    world.io.on("hello", (...args: unknown[]) => heard.push(args));
    return {
      returned: [world.io.serverSideEmit("hello", 1), world.io.of("/x").serverSideEmit("hello")],
      reserved: ["connection", "connect", "new_namespace", "disconnect"].map((name) =>
        thrown(() => world.io.serverSideEmit(name)),
      ),
      heard,
    };
  },
});
