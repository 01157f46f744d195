import { describe, expect, it } from "vitest";
import { Outgoing } from "@hawser/engine/internal";
import { defaultLimits } from "../limits.ts";
import { Membership } from "./membership.ts";
import { PacketLog } from "./packet-log.ts";
import { SessionStore } from "./session-store.ts";

const limits = { ...defaultLimits, recoveryMessagesMax: 5, recoveryBytesMax: 100 };
const everyone = { rooms: new Set<string>() };
const message = (size: number): Outgoing => new Outgoing("4".repeat(size));
const positions = (log: PacketLog, after: number): number[] =>
  Array.from(log.after(after), (it) => it.position);

describe("PacketLog", () => {
  it("keeps so many messages, so many bytes, and so long", () => {
    const log = new PacketLog(1000, limits);
    for (let at = 0; at < 20; at++) log.append(message(1), everyone, at);
    expect([log.size, log.floor, log.lastPosition]).toEqual([5, 15, 20]);
    expect(positions(log, 17)).toEqual([18, 19, 20]);
    log.append(message(98), everyone, 20);
    expect(positions(log, log.floor)).toEqual([19, 20, 21]);
    log.expire(1020);
    expect(positions(log, log.floor)).toEqual([21]);
    log.expire(1021);
    expect([log.size, log.floor]).toEqual([0, 21]);
    log.append(message(1), everyone, 1021);
    expect(positions(log, 21)).toEqual([22]);
  });

  it("does not keep a message that is larger than all of them may be", () => {
    const log = new PacketLog(1000, limits);
    log.append(message(101), everyone, 0);
    expect([log.size, log.floor]).toEqual([0, 1]);
  });

  it("knows its own offsets and no others", () => {
    const log = new PacketLog(1000, limits);
    const other = new PacketLog(1000, limits);
    log.append(message(1), everyone, 0);
    other.append(message(1), everyone, 0);
    expect(log.positionOf(log.offsetOf(1))).toBe(1);
    expect(log.positionOf(log.offsetOf(0))).toBe(0);
    expect(log.positionOf(log.offsetOf(2))).toBeUndefined();
    expect(log.positionOf(`${log.offsetOf(1)}x`)).toBeUndefined();
    expect(log.positionOf(log.offsetOf(0).slice(0, -1))).toBeUndefined();
    expect(log.positionOf(other.offsetOf(1))).toBeUndefined();
  });
});

describe("SessionStore", () => {
  const session = (pid: string) => ({ sid: `sid ${pid}`, pid, rooms: [], data: {} });

  it("keeps so many, the newest, and gives each once", () => {
    const store = new SessionStore(1000, 2);
    for (const pid of ["a", "b", "c"]) store.keep(session(pid), new Membership(0), 0);
    expect(store.size).toBe(2);
    expect(store.take("a", 0)).toBeUndefined();
    expect(store.take("c", 0)!.session.pid).toBe("c");
    expect(store.take("c", 0)).toBeUndefined();
  });

  it("keeps them so long", () => {
    const store = new SessionStore(1000, 10);
    store.keep(session("a"), new Membership(0), 0);
    store.keep(session("b"), new Membership(0), 500);
    expect(store.take("a", 1001)).toBeUndefined();
    store.expire(1500);
    expect(store.size).toBe(1);
    store.expire(1501);
    expect(store.size).toBe(0);
  });
});

describe("Membership", () => {
  const at = (position: number, rooms: string[], except: string[] = []) => ({
    position,
    message: message(1),
    rooms: new Set(rooms),
    except: new Set(except),
    atMs: 0,
  });

  it("covers what was sent during a stay, and nothing before the session began", () => {
    const member = new Membership(2);
    member.join("r", 3);
    member.leave("r", 5, 0);
    member.join("r", 7);
    const covered = [3, 4, 5, 6, 7, 8].filter((position) => member.covers(at(position, ["r"])));
    expect(covered).toEqual([4, 5, 8]);
    expect([2, 3].map((position) => member.covers(at(position, [])))).toEqual([false, true]);
    expect(member.covers(at(4, [], ["r"]))).toBe(false);
    expect(member.covers(at(6, [], ["r"]))).toBe(true);
  });

  it("forgets stays in which nothing was sent, or nothing that is still there", () => {
    const member = new Membership(0);
    for (let position = 0; position < 100; position++) {
      member.join("r", position);
      member.leave("r", position, 0);
    }
    member.join("r", 100);
    member.leave("r", 101, 100);
    expect((member as unknown as { stays: Map<string, unknown[]> }).stays.get("r")!.length).toBe(1);
    member.join("r", 102);
    member.leave("r", 103, 103);
    expect((member as unknown as { stays: Map<string, unknown[]> }).stays.size).toBe(0);
  });
});
