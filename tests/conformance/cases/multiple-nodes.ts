import { EventEmitter } from "node:events";
import { ClusterAdapter } from "socket.io-adapter";
import { section } from "../harness/case.ts";
import { next, outcome, roundTrip, sorted, until } from "../harness/tools.ts";
import type { Stage } from "../harness/stage.ts";
import type { ClientSocket, ServerSocket } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

interface Node {
  world: World;
  client: ClientSocket;
  server: ServerSocket;
}

interface Bus {
  on(name: string, listener: (...args: never[]) => void): unknown;
  off(name: string, listener: (...args: never[]) => void): unknown;
  emit(name: string, ...args: unknown[]): boolean;
}

/** Nodes of one process that reach each other over an emitter, with npm's ClusterAdapter as it is. */
async function nodes(it: Stage, count = 2): Promise<Node[]> {
  const bus = new EventEmitter().setMaxListeners(50) as unknown as Bus;
  class BusAdapter extends ClusterAdapter {
    constructor(nsp: never) {
      super(nsp);
      const listener = (name: string, message: never, offset: string): void => {
        if (name === (nsp as { name: string }).name) this.onMessage(message, offset);
      };
      bus.on("message", listener);
      it.after(() => bus.off("message", listener));
    }
    override serverCount(): Promise<number> {
      return Promise.resolve(count);
    }
    override doPublish(message: never): Promise<string> {
      setImmediate(() => bus.emit("message", this.nsp.name, structured(message), "0"));
      return Promise.resolve("0");
    }
    override doPublishResponse(requester: string, response: never): Promise<void> {
      const addressed = { ...(structured(response) as object), requester };
      setImmediate(() => bus.emit("response", requester, addressed));
      return Promise.resolve();
    }
    override init(): void {
      bus.on("response", (requester: string, response: never) => {
        if (requester === this.uid) this.onResponse(response);
      });
    }
  }
  const made: Node[] = [];
  for (let n = 0; n < count; n += 1) {
    const world = await it.open({ options: { adapter: BusAdapter as never } });
    made.push({ world, ...(await world.pair("", { reconnection: false })) });
  }
  return made;
}

/** As it would be on another machine; binary stays binary. */
function structured(value: unknown): unknown {
  return structuredClone(value, {});
}

export const multipleNodes = section("Multiple nodes", "using-multiple-nodes/", {
  "broadcasts: all, rooms, exceptions, local, from a socket": async (it) => {
    const all = await nodes(it, 3);
    const heard: unknown[][] = all.map(() => []);
    for (const [index, { client }] of all.entries()) {
      client.onAny((...args: unknown[]) => heard[index]!.push(args));
    }
    await all[1]!.server.join("room");
    await all[2]!.server.join("room");
    const { io } = all[0]!.world;
    io.emit("all", 1, "two", { three: [Buffer.from([3])] });
    io.to("room").emit("room");
    io.except("room").emit("not the room");
    io.local.emit("local");
    all[1]!.server.broadcast.emit("others of 1");
    all[1]!.server.to("room").emit("room without 1");
    await until("everybody has heard it", () => heard.flat().length === 3 + 2 + 1 + 1 + 2 + 1);
    return heard.map((list) => sorted(list));
  },

  "acknowledgements over nodes": async (it) => {
    const all = await nodes(it, 3);
    for (const [index, { client }] of all.entries()) {
      client.on("who", (done: (value: unknown) => void) => done(index));
    }
    const { io } = all[0]!.world;
    const answers = await io.timeout(5_000).emitWithAck("who");
    const silent = await outcome(io.timeout(200).emitWithAck("nobody answers"));
    return [sorted(answers as number[]), silent];
  },

  "fetchSockets: remote sockets can be used": async (it) => {
    const [here, there] = (await nodes(it)) as [Node, Node];
    there.server.data = { name: "there" };
    await there.server.join("room");
    there.client.on("ask", (n: number, done: (n: number) => void) => done(n + 1));
    const found = await here.world.io.fetchSockets();
    const remote = found.find(({ id }) => id === there.server.id)!;
    const heard = next(there.client, "direct");
    remote.emit("direct", Buffer.from([1]));
    const seen = {
      count: found.length,
      data: remote.data as unknown,
      rooms: [...remote.rooms].map((room) => (room === remote.id ? "own" : room)),
      handshake: [remote.handshake.address, typeof remote.handshake.time],
      heard: await heard,
      answer: await remote.timeout(5_000).emitWithAck("ask", 1),
      room: (await here.world.io.in("room").fetchSockets()).length,
      local: (await here.world.io.local.fetchSockets()).length,
    };
    remote.join("other");
    await until("it has joined", () => there.server.rooms.has("other"));
    remote.leave("other");
    await until("it has left", () => !there.server.rooms.has("other"));
    const gone = next(there.client, "disconnect");
    remote.disconnect();
    return { ...seen, reason: (await gone)[0] };
  },

  "socketsJoin, socketsLeave, disconnectSockets": async (it) => {
    const [here, there] = (await nodes(it)) as [Node, Node];
    const { io } = here.world;
    io.socketsJoin(["a", "b"]);
    await until("both are in", () => there.server.rooms.has("b") && here.server.rooms.has("b"));
    io.in(there.server.id).socketsLeave("a");
    await until("it has left", () => !there.server.rooms.has("a"));
    const kept = here.server.rooms.has("a");
    const gone = next(there.client, "disconnect");
    io.in(there.server.id).disconnectSockets(true);
    const reason = (await gone)[0];
    await roundTrip(here.client, here.server);
    return [kept, reason, here.client.connected];
  },

  "serverSideEmit, with and without acknowledgement": async (it) => {
    const [here, there] = (await nodes(it)) as [Node, Node];
    const seen: unknown[] = [];
    here.world.io.on("hello", () => seen.push("not to itself"));
    const heard = next(there.world.io, "hello");
    here.world.io.serverSideEmit("hello", 1, "2", { 3: null });
    there.world.io.on("ask", (n: number, done: (n: number) => void) => done(n * 2));
    const answers = await here.world.io.serverSideEmitWithAck("ask", 21);
    const byCallback = await new Promise((resolve) => {
      here.world.io.serverSideEmit("ask", 4, (...args: unknown[]) => resolve(args));
    });
    return [await heard, answers, byCallback, seen];
  },

  "namespaces are kept apart": async (it) => {
    const [here, there] = (await nodes(it)) as [Node, Node];
    for (const { world } of [here, there]) world.io.of("/n");
    const client = await there.world.connect("/n");
    const heard: unknown[] = [];
    there.client.onAny((name: unknown) => heard.push(name));
    const told = next(client, "it");
    here.world.io.of("/n").emit("it", 1);
    return [await told, (await here.world.io.of("/n").fetchSockets()).length, heard];
  },

  "a publish that fails: local members still hear it (socket.io-adapter f6301588)": async (it) => {
    const [here] = (await nodes(it)) as [Node];
    const { adapter } = here.world.io.of("/");
    (adapter as unknown as { doPublish: () => Promise<never> }).doPublish = () =>
      Promise.reject(new Error("the bus is away"));
    const heard = next(here.client, "it");
    here.world.io.emit("it", 1);
    const told = await heard;
    await roundTrip(here.client, here.server);
    return told;
  },

  allSockets: async (it) => {
    const [here, there] = (await nodes(it)) as [Node, Node];
    const ids = await here.world.io.allSockets();
    return [ids.size >= 1, ids.has(here.server.id), typeof ids.has(there.server.id)];
  },
});
