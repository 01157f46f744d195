// Sessions over the plain dialect: what a cut loses nothing of, and what a stranger does not get.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Server, Socket } from "hawser";
import { until } from "../support/wait.ts";
import { PlainWorld } from "./plain-world.ts";
import type { Plain } from "../support/plain-client.ts";

interface Connected {
  id: string;
  session: string;
  position: string;
  recovered: boolean;
  accepted: number;
  inFlight: number;
}

const forms = ["json", "msgpack"] as const;

describe("sessions", () => {
  let world: PlainWorld;
  const handled: unknown[] = [];
  /** Orders wait here until they are let go. */
  let gate: Promise<void> = Promise.resolve();

  before(async () => {
    world = await PlainWorld.open({}, (io: Server) => {
      io.use((socket, next) => {
        const { user } = socket.handshake.auth as { user?: string };
        if (user !== undefined) (socket.data as Plain)["user"] = user;
        next();
      });
      io.on("connection", (socket: Socket) => {
        if (!socket.recovered) void socket.join("room");
        socket.on("order", async (what: unknown, ack: (...of: unknown[]) => void) => {
          handled.push(what);
          await gate;
          if (what === "bad") throw new Error("not that");
          ack("done", what);
        });
      });
    });
  });
  after(() => world.close());

  const say = (n: number): Promise<unknown> => world.io.to("room").durable.emit("news", n);

  for (const form of forms) {
    it(`${form}: what was said while the line was cut is replayed, once, in order`, async () => {
      const first = await world.plain({ session: true }, { form });
      const { session, recovered } = first.last("connected") as unknown as Connected;
      assert.equal(recovered, false);
      await say(1);
      const { position } = await first.message("the first", ({ event }) => event === "news");
      assert.equal(typeof position, "string");
      first.ws.terminate();
      for (const n of [2, 3, 4]) await say(n);
      const again = await world.line({ form });
      again.send({ recover: { session, position } });
      await again.said("live");
      assert.equal((again.last("connected") as unknown as Connected).recovered, true);
      await say(5);
      await until("it has heard all", () => again.heard("news").length === 4);
      assert.deepEqual(again.heard("news"), [[2], [3], [4], [5]]);
      const order = again.messages.map((it) => Object.keys(it)[0]);
      assert.equal(order[0], "connected");
      assert.ok(order.indexOf("live") === 4, order.join());
      again.close();
    });

    it(`${form}: an order is handled once, however often it is sent`, async () => {
      const client = await world.plain({ session: true }, { form });
      const { session } = client.last("connected") as unknown as Connected;
      handled.length = 0;
      const order = { event: "order", data: ["tea"], durable: 1 };
      client.send(order);
      const { data } = await client.message("settled", ({ durable }) => durable === 1);
      assert.deepEqual(data, ["done", "tea"]);
      client.ws.terminate();
      const again = await world.line({ form });
      again.send({ recover: { session } });
      await again.said("connected");
      assert.equal((again.last("connected") as unknown as Connected).accepted, 1);
      again.send({ ...order, again: true });
      const twice = await again.message("settled again", ({ durable }) => durable === 1);
      assert.deepEqual(twice["data"], ["done", "tea"]);
      assert.deepEqual(handled, ["tea"]);
      again.send({ event: "order", data: ["bad"], durable: 2 });
      const bad = await again.message("it fails", ({ durable }) => durable === 2);
      assert.equal(typeof (bad["error"] as Plain)["code"], "string");
      again.send({ event: "order", data: ["cake"], durable: 4 });
      const early = await again.message("out of order", ({ durable }) => durable === 4);
      assert.equal(early["retry"], 0);
      again.send({ event: "order", data: ["milk"], durable: 3 });
      await again.message("in order", ({ durable }) => durable === 3);
      assert.deepEqual(handled, ["tea", "bad", "milk"]);
      again.close();
    });
  }

  it("two lines on one session: the newer has it, the older is closed for good", async () => {
    const first = await world.plain({ session: true });
    const { session } = first.last("connected") as unknown as Connected;
    const second = await world.line();
    second.send({ recover: { session } });
    await second.said("connected");
    const { code, reason } = await first.ended();
    assert.equal(code, 4003);
    assert.equal((JSON.parse(reason) as Plain)["retry"], false);
    await say(10);
    await second.message("it hears", ({ event }) => event === "news");
    assert.equal(first.heard("news").length, 0);
  });

  it("one that was taken while a handler was at work does not run it twice", async () => {
    const first = await world.plain({ session: true });
    const { session } = first.last("connected") as unknown as Connected;
    handled.length = 0;
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    first.send({ event: "order", data: ["slow"], durable: 1 });
    await until("it is at work", () => handled.length === 1);
    const second = await world.line();
    second.send({ recover: { session } });
    await second.said("connected");
    second.send({ event: "order", data: ["slow"], durable: 1, again: true });
    open();
    gate = Promise.resolve();
    const { data } = await second.message("settled", ({ durable }) => durable === 1);
    assert.deepEqual(data, ["done", "slow"]);
    assert.deepEqual(handled, ["slow"]);
  });

  const forged: [what: string, change: (session: string) => string][] = [
    ["made up", () => "ffffffffffffffff"],
    ["empty", () => ""],
    [
      "with another end",
      (session) => `${session.slice(0, -1)}${session.endsWith("A") ? "B" : "A"}`,
    ],
    ["without its end", (session) => session.slice(0, Math.ceil(session.length / 2))],
    ["with something behind", (session) => `${session}x`],
    ["a name on the prototype", () => "__proto__"],
  ];
  for (const [what, change] of forged) {
    it(`a session that is ${what} is nobody's`, async () => {
      const victim = await world.plain({ session: true });
      const { session } = victim.last("connected") as unknown as Connected;
      const thief = await world.line();
      thief.send({ recover: { session: change(session) } });
      await until("it is answered", () => {
        return thief.last("connected") !== undefined || thief.errors.length > 0;
      });
      const got = thief.last("connected") as unknown as Connected | undefined;
      assert.notEqual(got?.recovered, true);
      await say(20);
      await victim.message("its owner still has it", ({ event }) => event === "news");
      assert.equal(victim.closed, undefined);
      thief.close();
      victim.close();
    });
  }

  for (const position of [
    "zz.zz",
    "",
    "../../etc",
    "0.-5",
    "9".repeat(5_000),
    "x.zzzzzzzzzzzzzzz",
  ]) {
    it(`a position that is made up (${position.slice(0, 12)}): a reset, or an error, no more`, async () => {
      const first = await world.plain({ session: true });
      const { session } = first.last("connected") as unknown as Connected;
      await say(30);
      first.ws.terminate();
      const again = await world.line();
      again.send({ recover: { session, position } });
      await until("it is answered", () => {
        return again.messages.some((it) => "live" in it || "reset" in it || "error" in it);
      });
      again.send({ position });
      await again.settled();
      assert.equal(again.closed, undefined);
      again.close();
    });
  }

  it("without a session there is nothing durable: NO_SESSION", async () => {
    const client = await world.plain();
    client.send({ event: "order", data: ["x"], durable: 1 });
    const ofEvent = await client.error();
    assert.deepEqual([ofEvent["code"], ofEvent["at"]], ["NO_SESSION", "/durable"]);
    client.send({ position: "k8f.1" });
    const ofPosition = await client.error(1);
    assert.deepEqual([ofPosition["code"], ofPosition["at"]], ["NO_SESSION", "/position"]);
  });

  it("what a client writes of delivery into its auth is taken out", async () => {
    const client = await world.plain({ auth: { $delivery: { session: "x" }, own: 1 } });
    const { auth } = world.io.of("/").sockets.get(client.id)!.handshake;
    assert.deepEqual(auth, { own: 1 });
  });
});

describe("without delivery", () => {
  it("there is no session, what is durable is refused, and everything else works", async () => {
    const world = await PlainWorld.open({ delivery: undefined });
    const client = await world.plain({ session: true });
    assert.equal("session" in client.last("connected")!, false);
    client.send({ event: "order", data: [1], durable: 1 });
    const { code } = await client.error();
    assert.ok(code === "DELIVERY_OFF" || code === "NO_SESSION", String(code));
    await client.settled();
    await world.close();
  });
});

describe("rooms of others", () => {
  it("nobody subscribes to a socket's own room, whatever the application allows", async () => {
    const world = await PlainWorld.open({ subscribe: () => true });
    const victim = await world.plain();
    const thief = await world.plain();
    thief.send({ subscribe: [victim.id, "open"] });
    await thief.said("subscribed");
    world.io.to(victim.id).emit("secret", 1);
    world.io.to("open").emit("open", 1);
    await thief.message("the open room", ({ event }) => event === "open");
    assert.deepEqual(thief.heard("secret"), []);
    const stream = await world.sse(`?room=${victim.id}`);
    world.io.to(victim.id).emit("secret", 2);
    world.io.emit("all", 1);
    await victim.message("its owner hears", ({ event, data }) => {
      return event === "secret" && (data as number[])[0] === 2;
    });
    if (stream.status === 200) {
      await stream.message("all", ({ event }) => event === "all");
      assert.deepEqual(stream.heard("secret"), []);
    }
    await world.close();
  });

  it("by default nobody subscribes to anything, over either wire", async () => {
    const world = await PlainWorld.open({ subscribe: undefined });
    const client = await world.plain();
    client.send({ subscribe: ["room"] });
    const { code, at } = await client.error();
    assert.deepEqual([code, at], ["SUBSCRIBE_REFUSED", "/subscribe/0"]);
    const stream = await world.sse("?room=room");
    assert.equal(stream.status, 403);
    await world.close();
  });
});
