import { section } from "../harness/case.ts";
import { next, roundTrip, sorted } from "../harness/tools.ts";
import type { Server } from "../../src/support/pairing.ts";

const adapterOf = (io: Server, name = "/") =>
  io.of(name).adapter as unknown as {
    rooms: Map<string, Set<string>>;
    sids: Map<string, Set<string>>;
    nsp: unknown;
    on(event: string, listener: (...args: string[]) => void): void;
    addAll(id: string, rooms: Set<string>): unknown;
    del(id: string, room: string): unknown;
    delAll(id: string): unknown;
    broadcast(packet: object, opts: object): void;
    sockets(rooms: Set<string>): Promise<Set<string>>;
    socketRooms(id: string): Set<string> | undefined;
    fetchSockets(opts: object): Promise<{ id: string }[]>;
    serverCount(): Promise<number>;
    init(): unknown;
    close(): unknown;
    serverSideEmit(packet: unknown[]): void;
  };

const events = ["create-room", "delete-room", "join-room", "leave-room"];

export const adapter = section("Rooms and the adapter", "rooms/#room-events", {
  "rooms made, joined, left and deleted": async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    const seen: unknown[] = [];
    const adapter = adapterOf(world.io);
    for (const event of events) {
      adapter.on(event, (...args) =>
        seen.push([event, ...args.map((each) => (each === server.id ? "own" : each))]),
      );
    }
    await server.join("r");
    await server.join("r");
    await server.join(["s", "r"]);
    await server.leave("r");
    await server.leave("never");
    const gone = next(server, "disconnect");
    server.disconnect();
    await gone;
    return seen;
  },

  "a room goes with its last member": async (it) => {
    const world = await it.open();
    const a = await world.pair();
    const b = await world.pair();
    const seen: unknown[] = [];
    adapterOf(world.io).on("delete-room", (room) => seen.push(room));
    await a.server.join("r");
    await b.server.join("r");
    await a.server.leave("r");
    const kept = [...seen];
    await b.server.leave("r");
    return [kept, seen];
  },

  "the first events of a socket": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    for (const event of events) {
      adapterOf(world.io).on(event, (room, id) => seen.push([event, room, id ?? "none"]));
    }
    await world.connect();
    return seen;
  },

  "rooms and sids": async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    const adapter = adapterOf(world.io);
    await server.join(["a", "b"]);
    const shown = (list: Iterable<string>): unknown =>
      sorted([...list].map((each) => (each === server.id ? "own" : each)));
    return {
      rooms: [...adapter.rooms].map(([room, ids]) => [
        room === server.id ? "own" : room,
        shown(ids),
      ]),
      sids: [...adapter.sids].map(([id, rooms]) => [id === server.id, shown(rooms)]),
      socketRooms: shown(adapter.socketRooms(server.id)!),
      sockets: [
        (await adapter.sockets(new Set())).size,
        (await adapter.sockets(new Set(["a", "b"]))).size,
        (await adapter.sockets(new Set(["none"]))).size,
      ],
      nsp: adapter.nsp === world.io.of("/"),
      count: await adapter.serverCount(),
      none: adapter.socketRooms("nobody"),
    };
  },

  "used directly, as other adapters do": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const adapter = adapterOf(world.io);
    adapter.addAll(server.id, new Set(["x", "y"]));
    const heard = next(client, "it");
    adapter.broadcast({ type: 2, data: ["it", 1] }, { rooms: new Set(["x"]), except: new Set() });
    const got = await heard;
    const found = await adapter.fetchSockets({ rooms: new Set(["y"]), except: new Set() });
    adapter.del(server.id, "x");
    const after = [...server.rooms].filter((room) => room !== server.id);
    adapter.delAll(server.id);
    return [got, found.map(({ id }) => id === server.id), after, [...server.rooms]];
  },

  "an adapter of one's own, by inheritance": async (it) => {
    const seen: string[] = [];
    const Base = new it.lib.Server().of("/").adapter.constructor as new (nsp: unknown) => {
      init(): unknown;
      broadcast(packet: object, opts: object): void;
      addAll(id: string, rooms: Set<string>): unknown;
    };
    class Own extends Base {
      override init(): unknown {
        seen.push("init");
        return super.init();
      }
      override broadcast(packet: { data: unknown[] }, opts: { rooms: Set<string> }): void {
        seen.push(`broadcast ${String(packet.data[0])} to ${[...opts.rooms].join()}`);
        super.broadcast(packet, opts);
      }
      override addAll(id: string, rooms: Set<string>): unknown {
        seen.push(`addAll ${[...rooms].map((room) => (room === id ? "own" : room)).join()}`);
        return super.addAll(id, rooms);
      }
    }
    const world = await it.open({ options: { adapter: Own as never } });
    const { client, server } = await world.pair();
    await server.join("r");
    const heard = [next(client, "room"), next(client, "all")];
    world.io.to("r").emit("room", 1);
    world.io.emit("all", 2);
    return [await Promise.all(heard), seen];
  },

  "an adapter whose join is asynchronous": async (it) => {
    const Base = new it.lib.Server().of("/").adapter.constructor as new (nsp: unknown) => {
      addAll(id: string, rooms: Set<string>): unknown;
    };
    class Slow extends Base {
      override async addAll(id: string, rooms: Set<string>): Promise<void> {
        await new Promise((resolve) => setImmediate(resolve));
        super.addAll(id, rooms);
      }
    }
    const world = await it.open({ options: { adapter: Slow as never } });
    const { client, server } = await world.pair();
    const joining = server.join("r");
    const before = server.rooms.has("r");
    await joining;
    await roundTrip(client, server);
    return [joining instanceof Promise, before, server.rooms.has("r")];
  },

  "adapter() anew for all namespaces": async (it) => {
    const world = await it.open();
    const before = [world.io.of("/").adapter, world.io.of("/x").adapter];
    world.io.adapter(before[0]!.constructor as never);
    const after = [world.io.of("/").adapter, world.io.of("/x").adapter];
    return after.map((each, index) => each === before[index]);
  },

  "serverSideEmit and serverSideEmitWithAck reach it": async (it) => {
    const seen: unknown[] = [];
    const world = await it.open();
    const adapter = adapterOf(world.io);
    adapter.serverSideEmit = (packet) => {
      seen.push(packet.map((each) => (typeof each === "function" ? "callback" : each)));
      const last = packet.at(-1);
      if (typeof last === "function") last(null, ["answers"]);
    };
    world.io.serverSideEmit("one", 1, Buffer.from([2]));
    const answer = await world.io.serverSideEmitWithAck("two", 2);
    const failing = world.io.of("/x");
    adapterOf(world.io, "/x").serverSideEmit = (packet) =>
      (packet.at(-1) as (...args: unknown[]) => void)(new Error("partly"), ["some"]);
    const error = await failing.serverSideEmitWithAck("three").catch((reason: unknown) => reason);
    return [seen, answer, error];
  },

  "_onServerSideEmit hands over to the listeners of the namespace": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    world.io.on("hello", (...args: unknown[]) => seen.push(args));
    world.io.of("/x").on("hello", (...args: unknown[]) => seen.push(["x", ...args]));
    world.io.of("/")._onServerSideEmit(["hello", 1, "2"]);
    world.io.of("/x")._onServerSideEmit(["hello", 3]);
    return seen;
  },
});
