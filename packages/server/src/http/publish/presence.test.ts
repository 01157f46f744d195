import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PublishWorld } from "../../../test/publish-world.ts";

let world: PublishWorld;

beforeEach(async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  world = await new PublishWorld().start();
});
afterEach(async () => {
  await world.io.close();
  vi.restoreAllMocks();
});

describe("who is there", () => {
  it("lists rooms in pages", async () => {
    await world.come("ada", "chat-1", "chat-2");
    await world.come(undefined, "chat-1", "other");
    expect((await world.get("/hawser/rooms")).body).toEqual({
      rooms: [
        { room: "chat-1", count: 2 },
        { room: "chat-2", count: 1 },
        { room: "other", count: 1 },
      ],
    });
    const page = await world.get("/hawser/rooms?prefix=chat-&limit=1");
    expect(page.body).toEqual({ rooms: [{ room: "chat-1", count: 2 }], next: "chat-1" });
    const rest = await world.get("/hawser/rooms?prefix=chat-&limit=1&after=chat-1");
    expect(rest.body).toEqual({ rooms: [{ room: "chat-2", count: 1 }] });
  });

  it("counts over several nodes by what each says of its sockets", async () => {
    const { adapter } = world.io.of("/");
    const remote = {
      id: "r",
      rooms: ["r", "x"],
      handshake: { issued: 0, address: "::1" },
      data: {},
    };
    vi.spyOn(adapter, "serverCount").mockResolvedValue(2);
    vi.spyOn(adapter, "fetchSockets").mockResolvedValue([remote]);
    expect((await world.get("/hawser/rooms")).body).toEqual({ rooms: [{ room: "x", count: 1 }] });
    expect((await world.get("/hawser/rooms/x")).body).toEqual({ count: 1, sockets: [{ id: "r" }] });
    expect((await world.get("/hawser/sockets/r")).body).toEqual({
      id: "r",
      rooms: ["x"],
      connectedAt: "1970-01-01T00:00:00.000Z",
      address: "::1",
    });
  });

  it("tells who is in a room, what sockets a user has, and of one socket", async () => {
    await world.come("ada", "a/b");
    await world.come("ada", "a/b");
    const ids = world.sockets.map(({ id }) => id).toSorted();
    const sockets2 = ids.map((id) => ({ id, user: "ada" }));
    expect((await world.get("/hawser/rooms/a%2Fb")).body).toEqual({ count: 2, sockets: sockets2 });
    expect((await world.get("/hawser/users/ada")).body).toEqual({ count: 2, sockets: sockets2 });
    expect((await world.get("/hawser/users/bob")).body).toEqual({ count: 0, sockets: [] });
    const page = await world.get("/hawser/users/ada?limit=1");
    expect(page.body).toEqual({ count: 2, sockets: [sockets2[0]], next: ids[0] });
    const { body } = await world.get(`/hawser/sockets/${ids[0]!}`);
    expect(body).toMatchObject({ id: ids[0], user: "ada", rooms: ["a/b"] });
    expect(await world.get("/hawser/sockets/nobody")).toMatchObject({
      status: 404,
      body: { code: "NOT_FOUND" },
    });
  });

  it.each([
    ["?limit=0", "?limit"],
    ["?limit=1001", "?limit"],
    ["?limit=x", "?limit"],
    ["?limt=1", "?limt"],
    ["?limit=1&limit=2", "?limit"],
    ["?__proto__=1", "?__proto__"],
  ])("refuses %s", async (query, at) => {
    expect(await world.get(`/hawser/rooms${query}`)).toMatchObject({ status: 400, body: { at } });
  });

  it("refuses a path that is no text", async () => {
    expect((await world.get("/hawser/rooms/%ff")).status).toBe(400);
    expect((await world.get("/hawser/rooms/%00user%3Aada")).body["code"]).toBe("ROOM_RESERVED");
  });
});
