import { describe, expect, it } from "vitest";
import { userRoom } from "../delivery/user-room.ts";
import { Subscriptions } from "./subscriptions.ts";
import type { AnySocket } from "../erased.ts";
import type { SubscribePermission } from "./options.ts";

const limits = { subscriptionsMax: 3, roomNameChars: 5 };
const report = (): void => {};

function fakeSocket(recovered = false): AnySocket {
  const rooms = new Set(["me"]);
  return {
    id: "me",
    connected: true,
    recovered,
    rooms,
    nsp: { sockets: new Map([["other", {}]]) },
    join: (all: string[]) => all.forEach((room) => rooms.add(room)),
    leave: (room: string) => void rooms.delete(room),
  } as unknown as AnySocket;
}

const outcomes = async (rooms: string[], permission?: SubscribePermission): Promise<unknown[]> =>
  new Subscriptions(fakeSocket(), permission, limits).subscribe(rooms, report);

describe("subscriptions", () => {
  it("are nobody's while the application says nothing", async () => {
    expect(await outcomes(["a"])).toEqual(["SUBSCRIBE_REFUSED"]);
  });

  it("never reach what is said to somebody alone, or long names", async () => {
    const asked: string[] = [];
    for (const room of ["me", "other", userRoom("u"), "", "toolong"]) {
      const all = await outcomes([room], (_socket, name) => asked.push(name) > 0);
      expect(all).toEqual(["SUBSCRIBE_REFUSED"]);
    }
    expect(asked).toEqual([]);
  });

  it("are granted by true alone; what is thrown is a refusal, and is reported", async () => {
    const reported: unknown[] = [];
    const own = new Subscriptions(
      fakeSocket(),
      (_socket, room) => {
        if (room === "c") throw new Error("no");
        return (room === "a" ? Promise.resolve(true) : "yes") as never;
      },
      limits,
    );
    const all = await own.subscribe(["a", "b", "c"], (error) => reported.push(error));
    expect(all).toEqual(["granted", "SUBSCRIBE_REFUSED", "SUBSCRIBE_REFUSED"]);
    expect(reported).toHaveLength(1);
  });

  it("have a bound, also for wishes that wait", async () => {
    expect(await outcomes(["a", "b", "c", "d"], () => true)).toEqual([
      "granted",
      "granted",
      "granted",
      "SUBSCRIPTIONS_TOO_MANY",
    ]);
    const own = new Subscriptions(fakeSocket(), () => new Promise(() => {}), limits);
    for (let at = 0; at < 6; at++) void own.subscribe(["a"], report);
    expect(await own.subscribe(["a"], report)).toEqual(["SUBSCRIPTIONS_TOO_MANY"]);
  });

  it("are seen to one after another: the last wish counts", async () => {
    const socket = fakeSocket();
    let allow = (_granted: boolean): void => {};
    const own = new Subscriptions(
      socket,
      () => new Promise((resolve) => (allow = resolve)),
      limits,
    );
    const first = own.subscribe(["a"], report);
    const second = own.unsubscribe(["a"], report);
    await Promise.resolve();
    allow(true);
    expect(await first).toEqual(["granted"]);
    expect(await second).toEqual(["a"]);
    expect([...socket.rooms]).toEqual(["me"]);
  });

  it("of a session that has come back can be left, and rooms of the application's own cannot", async () => {
    const socket = fakeSocket(true);
    await socket.join(["a", "given"]);
    const own = new Subscriptions(socket, (_socket, room) => room === "a", limits);
    expect(await own.unsubscribe(["a", "given", "me"], report)).toEqual(["a"]);
    expect([...socket.rooms]).toEqual(["me", "given"]);
  });

  it("end with the socket, and stand a join that throws", async () => {
    const socket = fakeSocket();
    socket.join = () => {
      throw new Error("wrapped");
    };
    const own = new Subscriptions(socket, () => true, limits);
    expect(await own.subscribe(["a"], report)).toEqual(["granted"]);
    socket.connected = false;
    expect(await own.subscribe(["b"], report)).toEqual(["SUBSCRIBE_REFUSED"]);
  });
});
