import { section } from "../harness/case.ts";
import { until } from "../harness/tools.ts";
import type { ClientSocket, ServerSocket } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

interface Member {
  client: ClientSocket;
  server: ServerSocket;
}

/** Three clients: a is in "left" and "both", b in "right" and "both", c in none. */
async function members(world: World): Promise<Record<"a" | "b" | "c", Member>> {
  const a = await world.pair();
  const b = await world.pair();
  const c = await world.pair();
  await a.server.join(["left", "both"]);
  await b.server.join("right");
  await b.server.join("both");
  return { a, b, c };
}

/** Who hears what `send` sends; an event sent to all afterwards marks the end. */
async function hearers(
  world: World,
  all: Record<string, Member>,
  send: () => void,
): Promise<string> {
  const heard: string[] = [];
  const ended = Object.entries(all).map(
    ([name, { client }]) =>
      new Promise<void>((resolve) => {
        client.on("it", () => heard.push(name));
        client.once("end", () => resolve());
      }),
  );
  send();
  world.io.emit("end");
  await Promise.all(ended);
  for (const { client } of Object.values(all)) client.off("it");
  return heard.toSorted().join("");
}

export const rooms = section("Rooms", "rooms/", {
  "to, in, except: to a room, to several once, to all but some": async (it) => {
    const world = await it.open();
    const all = await members(world);
    const { io } = world;
    const heardBy = (send: () => void): Promise<string> => hearers(world, all, send);
    return {
      all: await heardBy(() => io.emit("it")),
      left: await heardBy(() => io.to("left").emit("it")),
      both: await heardBy(() => io.in("both").emit("it")),
      "left or both": await heardBy(() => io.to("left").to("both").emit("it")),
      "a list": await heardBy(() => io.to(["left", "right"]).emit("it")),
      "all but left": await heardBy(() => io.except("left").emit("it")),
      "both but left": await heardBy(() => io.to("both").except(["left"]).emit("it")),
      nobody: await heardBy(() => io.to("nobody").emit("it")),
      "an id": await heardBy(() => io.to(all.a.server.id).emit("it")),
      local: await heardBy(() => io.local.to("left").emit("it")),
    };
  },

  "a socket leaves itself out of what it sends to rooms": async (it) => {
    const world = await it.open();
    const all = await members(world);
    const { a, b } = all;
    const heardBy = (send: () => void): Promise<string> => hearers(world, all, send);
    return {
      broadcast: await heardBy(() => a.server.broadcast.emit("it")),
      "to both": await heardBy(() => a.server.to("both").emit("it")),
      "except right": await heardBy(() => a.server.except("right").emit("it")),
      "to left, from outside": await heardBy(() => b.server.to("left").emit("it")),
      "emit alone": await heardBy(() => a.server.emit("it")),
    };
  },

  "join and leave; a disconnected socket is in no room": async (it) => {
    const world = await it.open();
    const all = await members(world);
    const { a, b } = all;
    const { adapter } = world.io.of("/");
    const before = [...a.server.rooms];
    await a.server.leave("both");
    const heard = await hearers(world, all, () => world.io.to("both").emit("it"));
    const size = adapter.rooms.get("both")?.size;
    b.client.disconnect();
    await until("the rooms are let go", () => !adapter.rooms.has("both"));
    return {
      before,
      heard,
      size,
      right: adapter.rooms.has("right"),
      known: adapter.sids.has(b.server.id),
      rooms: b.server.rooms,
    };
  },

  "leave with a list, which later versions of Socket.IO know": {
    run: async (it) => {
      const world = await it.open();
      const { server } = await world.pair();
      await server.join(["one", "two", "three"]);
      await server.leave(["one", "two"] as never);
      return [...server.rooms].filter((room) => room !== server.id);
    },
    differs: {
      what: "`socket.leave()` with a list",
      socketIo: "leaves nothing (4.8), or all of them (later)",
      hawser: "leaves all of them",
      why: "`join()` takes a list, too",
      expected: { server: ["three"], both: ["three"] },
    },
  },
});
