import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DurablePeer } from "../../test/durable-peer.ts";
import { settled, withoutNetwork } from "../../test/fake-connection.ts";
import { Server } from "../server.ts";
import { memoryLog } from "./memory-log.ts";
import { setUser } from "./user-room.ts";
import type { DeliveryOptions } from "./options.ts";
import type { Socket } from "../socket.ts";

let io: Server;
let sockets: Socket[];
afterEach(() => io.close());

function start(delivery: DeliveryOptions = {}): void {
  io = withoutNetwork(new Server({ delivery }));
  sockets = [];
  io.use((socket, next) => {
    setUser(socket, socket.handshake.auth["user"]);
    next();
  });
  io.on("connection", (socket) => void sockets.push(socket));
}
beforeEach(() => start());

async function come(user: string): Promise<DurablePeer> {
  const peer = await new DurablePeer(io).connect({ user });
  while (!peer.live) await peer.read();
  return peer;
}

describe("io.user", () => {
  it("reaches every socket of a user, also those that know nothing of delivery", async () => {
    const [a, b, c] = [await come("ada"), await come("ada"), await come("bob")];
    io.user("ada").emit("plain");
    await io.user("ada").durable.emit("notice", 1);
    await Promise.all([a.read(), b.read(), c.read()]);
    expect([a.heard, b.heard, c.heard]).toEqual([[["notice", 1]], [["notice", 1]], []]);
    expect([a.plain, b.plain, c.plain]).toEqual([[["plain"]], [["plain"]], []]);
  });

  it("reaches a user who has never been there, when the user comes first", async () => {
    await io.user("ada").durable.emit("notice", 1);
    await io.user("bob").durable.emit("notice", 2);
    const ada = await come("ada");
    expect(ada.heard).toEqual([["notice", 1]]);
    await io.user("ada").durable.emit("notice", 3);
    await ada.read();
    expect(ada.heard).toEqual([
      ["notice", 1],
      ["notice", 3],
    ]);
    const second = await come("ada");
    expect(second.heard).toEqual([]);
    await ada.drop().connect({ user: "ada" });
    expect(ada.heard.length).toBe(2);
  });

  it("gives the first session after the others were over what came since they had handled", async () => {
    await io.close();
    const log = memoryLog();
    start({ log, session: { age: 1 } });
    const early = await come("ada");
    await io.user("ada").durable.emit("notice", 1);
    await io.user("ada").durable.emit("notice", 2);
    await early.read();
    await early.send("$position", 1);
    early.drop();
    await settled();
    // Another process, much later: the session has ended.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await io._delivery!.sessions.expire();
    expect(io.delivery!.sessionCount).toBe(0);
    const late = await come("ada");
    expect(late.heard).toEqual([["notice", 2]]);
  });

  it("lets nobody go on with the session of another user", async () => {
    const ada = await come("ada");
    ada.drop();
    await io.user("ada").durable.emit("secret");
    await ada.connect({ user: "bob" });
    expect(ada.conn.readyState).toBe("closed");
    expect(ada.heard).toEqual([]);
    await ada.connect({ user: "bob" });
    expect(ada.greeting!.recovered).toBe(false);
    expect(ada.resets).toEqual([{ reason: "session" }]);
    expect(sockets.at(-1)).toHaveProperty("user", "bob");
  });

  it("lets nobody into the room of another user, whatever the application joins", async () => {
    await come("ada");
    const mine = [...sockets[0]!.rooms].find((name) => name.endsWith(":ada"));
    await come("bob");
    expect(() => sockets[1]!.join(mine!)).toThrow(/room of a user/);
    expect(sockets[1]!.rooms.has(mine!)).toBe(false);
    await sockets[0]!.join(mine!);
  });

  it("leaves a `user` of the application's own alone", async () => {
    await io.close();
    io = withoutNetwork(new Server({ delivery: {} }));
    io.use((socket, next) => {
      Object.assign(socket, { user: { id: 1 } });
      next();
    });
    const peer = await new DurablePeer(io).connect();
    expect(peer.greeting!.recovered).toBe(false);
    await peer.drop().connect();
    expect(peer.greeting!.recovered).toBe(true);
  });
});

describe("history", () => {
  it("pages backwards through a room, several rooms, or the namespace", async () => {
    for (let n = 1; n <= 5; n++) {
      await io.to("a").durable.emit("said", n);
      await io.to("b").durable.emit("said", -n);
    }
    await io.durable.emit("all");
    const newest = await io.in("a").history({ limit: 2 });
    expect(newest.events.map(({ args }) => args[0])).toEqual([4, 5]);
    expect(newest.events[1]).toMatchObject({ event: "said", position: { offset: 9 } });
    const middle = await io.in("a").history({ limit: 2, before: newest.before });
    expect(middle.events.map(({ args }) => args[0])).toEqual([2, 3]);
    const oldest = await io.in("a").history({ limit: 2, before: middle.before });
    expect(oldest.events.map(({ args }) => args[0])).toEqual([1]);
    expect(oldest.before).toBeUndefined();
    const both = await io.in(["a", "b"]).history({ limit: 3 });
    expect(both.events.map(({ args }) => args[0])).toEqual([-4, 5, -5]);
    expect((await io.history()).events.map(({ event }) => event)).toEqual(["all"]);
    const elsewhere = io.in("a").history({ before: { epoch: "other", offset: 3 } });
    await expect(elsewhere).rejects.toMatchObject({ code: "POSITION_UNKNOWN" });
    await expect(io.in("a").history({ limit: 0 })).rejects.toThrow(/limit/);
  });
});
