import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PublishWorld } from "../../../test/publish-world.ts";
import type { Socket } from "../../socket.ts";
import type { Reply } from "../../../test/publish-world.ts";

let world: PublishWorld;
async function restart(...options: ConstructorParameters<typeof PublishWorld>): Promise<void> {
  await world.io.close();
  world = await new PublishWorld(...options).start();
}

beforeEach(async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  world = await new PublishWorld().start();
});
afterEach(async () => {
  await world.io.close();
  vi.restoreAllMocks();
});

describe("publish", () => {
  it("reaches those who are meant", async () => {
    const a = await world.come("ada", "x");
    const b = await world.come("bob", "x", "y");
    const c = await world.come();
    const takes = (): string[][] => [a, b, c].map((conn) => conn.take().map(String));
    const ok = { status: 200, body: { ok: true } };
    expect(await world.publish({ room: "x", event: "e", data: [1, { a: 2 }] })).toMatchObject(ok);
    expect(takes()).toEqual([['2["e",1,{"a":2}]'], ['2["e",1,{"a":2}]'], []]);
    await world.publish({ rooms: ["x", "y"], event: "e", except: "y" });
    expect(takes()).toEqual([['2["e"]'], [], []]);
    await world.publish({ user: "bob", event: "e" });
    expect(takes()).toEqual([[], ['2["e"]'], []]);
    await world.publish({ socket: world.sockets[2]!.id, event: "e", volatile: true });
    expect(takes()).toEqual([[], [], ['2["e"]']]);
    await world.publish({ all: true, event: "e", except: ["x"] });
    expect(takes()).toEqual([[], [], ['2["e"]']]);
  });

  it("knows bytes when it is told to look for them, and leaves them alone else", async () => {
    const a = await world.come();
    const data = [{ pic: { $base64: "AQID" }, ["__proto__"]: 1 }];
    const text = JSON.stringify(data);
    await world.publish(`{"all":true,"event":"e","binary":"base64","data":${text}}`);
    expect(a.take()).toEqual(['51-["e",{"pic":{"_placeholder":true,"num":0},"__proto__":1}]']);
    expect(a.sentBinary).toEqual([Buffer.from([1, 2, 3])]);
    await world.publish({ all: true, event: "e", data: [{ $base64: "AQID" }] });
    expect(a.take()).toEqual(['2["e",{"$base64":"AQID"}]']);
    for (const $base64 of ["A", "A===", "####", 1, null]) {
      const request = { all: true, event: "e", binary: "base64", data: [0, { x: [{ $base64 }] }] };
      expect((await world.publish(request)).body).toMatchObject({
        code: "BINARY_INVALID",
        at: "/data/1/x/0",
      });
    }
  });

  it("keeps others out of a user's room, also without delivery", async () => {
    await world.come("ada");
    await world.come("eve");
    const [ada, eve] = world.sockets as [Socket, Socket];
    const room = [...ada.rooms].find((name) => name.endsWith("user:ada"))!;
    expect(() => eve.join(room)).toThrow(expect.objectContaining({ code: "ROOM_RESERVED" }));
    expect([...eve.rooms]).not.toContain(room);
  });

  it("disconnects, makes join and leave", async () => {
    await world.come("ada");
    const isIn = (room: string): boolean => world.sockets[0]!.rooms.has(room);
    await world.post("/hawser/join", { user: "ada", join: ["x", "y"] });
    expect([isIn("x"), isIn("y")]).toEqual([true, true]);
    await world.post("/hawser/leave", { room: "x", leave: "y" });
    expect([isIn("x"), isIn("y")]).toEqual([true, false]);
    await world.post("/hawser/disconnect", { socket: world.sockets[0]!.id });
    expect(world.sockets[0]!.connected).toBe(false);
  });

  it("finds namespaces that are there, and makes none by a typing error", async () => {
    world.io.of("/shop");
    world.io.of(/^\/n-\d+$/);
    const to = (namespace: string) => world.publish({ namespace, all: true, event: "e" });
    expect((await to("/shop")).status).toBe(200);
    expect((await to("/n-1")).status).toBe(200);
    expect((await to("/shpo")).body).toMatchObject({ code: "NAMESPACE_UNKNOWN", at: "/namespace" });
    expect((await to("/__proto__")).status).toBe(404);
    expect((await to("shop")).body).toMatchObject({ code: "FIELD_INVALID", at: "/namespace" });
  });

  it.each([
    ["{", 400, "JSON_INVALID", 1],
    ["[]", 400, "FIELD_MISSING", "/event"],
    ["7", 400, "FIELD_INVALID", ""],
    ["{}", 400, "FIELD_MISSING", "/event"],
    ['{"event":"e"}', 400, "TARGET", ""],
    ['{"event":"e","room":"a","all":true}', 400, "TARGET", ""],
    ['{"event":"e","room":"a","romo":1}', 400, "FIELD_UNKNOWN", "/romo"],
    ['{"event":"e","room":"a","__proto__":{}}', 400, "FIELD_UNKNOWN", "/__proto__"],
    ['{"event":"e","room":"a","constructor":1}', 400, "FIELD_UNKNOWN", "/constructor"],
    ['{"event":"e","room":"a","a/b~c":1}', 400, "FIELD_UNKNOWN", "/a~1b~0c"],
    ['{"event":"e","room":1}', 400, "FIELD_INVALID", "/room"],
    ['{"event":"e","room":""}', 400, "FIELD_INVALID", "/room"],
    ['{"event":"e","socket":"chat"}', 400, "FIELD_INVALID", "/socket"],
    ['{"event":"e","socket":"\\u0000user:ada-ada-ada"}', 400, "FIELD_INVALID", "/socket"],
    ['{"event":"e","all":false}', 400, "FIELD_INVALID", "/all"],
    ['{"event":"e","rooms":["a",2]}', 400, "FIELD_INVALID", "/rooms/1"],
    ['{"event":"e","rooms":[]}', 400, "FIELD_INVALID", "/rooms"],
    ['{"event":"e","room":"\\u0000user:ada"}', 400, "ROOM_RESERVED", "/room"],
    ['{"event":"e","rooms":["\\u0000user:ada"]}', 400, "ROOM_RESERVED", "/rooms/0"],
    ['{"event":"disconnect","room":"a"}', 400, "EVENT_RESERVED", "/event"],
    ['{"event":"$durable","room":"a"}', 400, "EVENT_RESERVED", "/event"],
    ['{"event":"e","room":"a","data":"x"}', 400, "FIELD_INVALID", "/data"],
    ['{"event":"e","room":"a","durable":true}', 409, "DELIVERY_OFF", "/durable"],
  ])("%s: %i %s at %j", async (text, status, code, at) => {
    const reply = await world.publish(text);
    expect(reply).toMatchObject({ status, body: { status, code, at } });
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(reply.body["detail"]).toMatch(/^.{10,200}$/);
  });

  it("bounds lists", async () => {
    const rooms = Array.from({ length: 1_001 }, (_, index) => `r${index}`);
    expect((await world.publish({ rooms, event: "e" })).body).toMatchObject({ at: "/rooms" });
    const data = Array.from({ length: 101 }, () => 0);
    expect((await world.publish({ all: true, event: "e", data })).body).toMatchObject({
      at: "/data",
    });
    expect((await world.publish({ room: "x".repeat(257), event: "e" })).body).toMatchObject({
      at: "/room",
    });
  });
});

describe("durable publish", () => {
  beforeEach(async () => {
    await restart({}, { delivery: {} });
  });

  it("answers with the position once it is logged", async () => {
    const { body } = await world.publish({ room: "x", event: "e", data: [1], durable: true });
    const { epoch, offset } = world.io.delivery!.position!;
    expect(body).toEqual({ ok: true, position: `${epoch}.${offset.toString(36)}` });
    expect((await world.io.to("x").history()).events).toMatchObject([{ event: "e", args: [1] }]);
    const both = { room: "x", event: "e", durable: true, volatile: true };
    expect((await world.publish(both)).body).toMatchObject({
      code: "FIELD_INVALID",
      at: "/volatile",
    });
  });

  it("tells nothing of what is wrong with the log", async () => {
    vi.spyOn(world.io._delivery!, "say").mockRejectedValue(new Error("/var/secret is full"));
    const { status, body } = await world.publish({ room: "x", event: "e", durable: true });
    expect(status).toBe(503);
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  it("gives up waiting, and gives the answer to who asks again", async () => {
    await restart({ limits: { answerTimeoutMs: 20 } }, { delivery: {} });
    let finish = (): void => {};
    const logged = new Promise<void>((resolve) => (finish = resolve));
    const say = vi
      .spyOn(world.io._delivery!, "say")
      .mockReturnValue(logged.then(() => ({ epoch: "e", offset: 1 })));
    const request = { room: "x", event: "e", durable: true };
    const id = { "idempotency-key": "1" };
    expect(await world.publish(request, id)).toMatchObject({
      status: 504,
      body: { code: "TIMEOUT" },
    });
    finish();
    expect(await world.publish(request, id)).toMatchObject({ body: { ok: true, position: "e.1" } });
    expect(say).toHaveBeenCalledOnce();
  });
});

describe("batch", () => {
  it("answers each item alone, and keeps their order", async () => {
    const a = await world.come(undefined, "x");
    const { status, body } = await world.post("/hawser/batch", {
      items: [
        { action: "publish", room: "x", event: "one" },
        { action: "publish", room: "x" },
        { action: "leave", room: "x", leave: "x" },
        { action: "publish", room: "x", event: "unheard" },
        { action: "publish", all: true, event: "two" },
        { action: "dance" },
        { room: "x", event: "e" },
        7,
      ],
    });
    expect(status).toBe(200);
    const done = { status: 200, ok: true };
    const refused = (code: string, at: string) => ({ status: 400, error: { code, at } });
    expect(body["results"]).toMatchObject([
      done,
      refused("FIELD_MISSING", "/items/1/event"),
      done,
      done,
      done,
      refused("FIELD_INVALID", "/items/5/action"),
      refused("FIELD_MISSING", "/items/6/action"),
      refused("FIELD_INVALID", "/items/7"),
    ]);
    expect(a.take()).toEqual(['2["one"]', '2["two"]']);
  });

  it("is bounded, and each item needs its scope", async () => {
    const items = Array.from({ length: 101 }, () => ({ action: "publish", all: true, event: "e" }));
    expect((await world.post("/hawser/batch", { items })).body).toMatchObject({ at: "/items" });
    world.addKey({ id: "b", scopes: ["publish:room:a"] });
    const { body } = await world.post("/hawser/batch", {
      items: [
        { action: "publish", room: "a", event: "e" },
        { action: "publish", room: "b", event: "e" },
        { action: "disconnect", all: true },
      ],
    });
    expect((body["results"] as Reply[]).map(({ status }) => status)).toEqual([200, 403, 403]);
  });
});

describe("Idempotency-Key", () => {
  const request = { all: true, event: "e" };

  it("does it once", async () => {
    const a = await world.come();
    const id = { "idempotency-key": "order-1" };
    const [first, second] = [await world.publish(request, id), await world.publish(request, id)];
    expect(second.body).toEqual(first.body);
    expect(first.headers.has("idempotency-replayed")).toBe(false);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(a.take().length).toBe(1);
    expect(await world.publish({ ...request, data: [1] }, id)).toMatchObject({
      status: 422,
      body: { code: "IDEMPOTENCY_MISMATCH" },
    });
    expect((await world.post("/hawser/disconnect", { all: true }, id)).status).toBe(422);
    world.addKey({ id: "other", scopes: ["*"] });
    expect((await world.publish(request, id)).headers.has("idempotency-replayed")).toBe(false);
    expect(a.take().length).toBe(1);
  });

  it("may be used again after a refusal", async () => {
    const id = { "idempotency-key": "1" };
    expect((await world.publish({ event: "e" }, id)).status).toBe(400);
    expect((await world.publish(request, id)).status).toBe(200);
  });

  it.each(["a b", "x".repeat(256), "é"])("refuses %j", async (name) => {
    const { status, body } = await world.publish(request, { "idempotency-key": name });
    expect(status).toBe(400);
    expect(body["code"]).toBe("IDEMPOTENCY_INVALID");
  });
});
