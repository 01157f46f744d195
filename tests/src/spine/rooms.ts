import assert from "node:assert/strict";
import { it } from "node:test";
import type { ClientSocket, ServerSocket } from "../support/pairing.ts";
import { until } from "../support/wait.ts";
import type { World } from "../support/world.ts";
import type { Spine } from "./spine.ts";

interface Member {
  client: ClientSocket;
  server: ServerSocket;
}

const names = ["a", "b", "c"] as const;

/** Three clients: a is in "left" and "both", b in "right" and "both", c in none. */
async function members(world: World): Promise<Record<(typeof names)[number], Member>> {
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

export function rooms({ open }: Spine): void {
  it("sends to a room, to several once, and to all but some", async (t) => {
    const world = await open(t);
    const all = await members(world);
    const { io } = world;
    const { a } = all;
    const heardBy = (send: () => void): Promise<string> => hearers(world, all, send);

    assert.equal(await heardBy(() => io.emit("it")), "abc");
    assert.equal(await heardBy(() => io.to("left").emit("it")), "a");
    assert.equal(await heardBy(() => io.in("both").emit("it")), "ab");
    assert.equal(await heardBy(() => io.to("left").to("both").emit("it")), "ab");
    assert.equal(await heardBy(() => io.to(["left", "right"]).emit("it")), "ab");
    assert.equal(await heardBy(() => io.except("left").emit("it")), "bc");
    assert.equal(await heardBy(() => io.to("both").except(["left"]).emit("it")), "b");
    assert.equal(await heardBy(() => io.to("nobody").emit("it")), "");
    assert.equal(await heardBy(() => io.to(a.server.id).emit("it")), "a");
    assert.equal(await heardBy(() => io.local.to("left").emit("it")), "a");
  });

  it("leaves the sender out of what a socket sends to rooms", async (t) => {
    const world = await open(t);
    const all = await members(world);
    const { a, b } = all;
    const heardBy = (send: () => void): Promise<string> => hearers(world, all, send);

    assert.equal(await heardBy(() => a.server.broadcast.emit("it")), "bc");
    assert.equal(await heardBy(() => a.server.to("both").emit("it")), "b");
    assert.equal(await heardBy(() => a.server.except("right").emit("it")), "c");
    assert.equal(await heardBy(() => b.server.to("left").emit("it")), "a");
    assert.equal(await heardBy(() => a.server.emit("it")), "a");
  });

  it("joins and leaves; a disconnected socket is in no room", async (t) => {
    const world = await open(t);
    const all = await members(world);
    const { a, b } = all;
    const adapter = world.io.of("/").adapter;
    assert.deepEqual([...a.server.rooms].toSorted(), [a.server.id, "both", "left"].toSorted());
    await a.server.leave("both");
    assert.equal(await hearers(world, all, () => world.io.to("both").emit("it")), "b");
    assert.equal(adapter.rooms.get("both")?.size, 1);
    b.client.disconnect();
    await until("the rooms are let go", () => !adapter.rooms.has("both"));
    assert.equal(adapter.rooms.has("right"), false);
    assert.equal(adapter.sids.has(b.server.id), false);
    assert.equal(b.server.rooms.size, 0);
  });

  it("still shows the rooms while disconnecting", async (t) => {
    const world = await open(t);
    const { a } = await members(world);
    const rooms = new Promise<string[]>((resolve) => {
      a.server.on("disconnecting", () => resolve([...a.server.rooms]));
    });
    a.client.disconnect();
    assert.deepEqual((await rooms).toSorted(), [a.server.id, "both", "left"].toSorted());
  });

  it("moves and inspects sockets by room", async (t) => {
    const world = await open(t);
    const { a, b, c } = await members(world);
    const ids = async (room: string): Promise<string[]> =>
      (await world.io.in(room).fetchSockets()).map((socket) => socket.id).toSorted();

    a.server.data.name = "A";
    const [remote] = await world.io.in("left").fetchSockets();
    assert.equal(remote?.id, a.server.id);
    assert.deepEqual(remote?.data, { name: "A" });
    assert.equal(remote?.rooms.has("both"), true);

    world.io.in("both").socketsJoin("new");
    await until("both are in the new room", async () => (await ids("new")).length === 2);
    world.io.in("left").socketsLeave(["new", "both"]);
    await until("a has left", async () => (await ids("new")).join() === b.server.id);
    assert.deepEqual(await ids("both"), [b.server.id]);
    assert.equal((await world.io.fetchSockets()).length, 3);

    world.io.in("right").disconnectSockets(true);
    await until("b is gone", () => !b.client.connected);
    assert.equal(a.client.connected, true);
    assert.equal(c.client.connected, true);
  });

  it("tells about rooms made, joined, left and deleted", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const adapter = world.io.of("/").adapter;
    const seen: string[] = [];
    for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
      adapter.on(event, (room: string) => {
        if (room === "r") seen.push(event);
      });
    }
    await server.join("r");
    await server.leave("r");
    assert.deepEqual(seen, ["create-room", "join-room", "leave-room", "delete-room"]);
    assert.equal(client.connected, true);
  });
}
