import { beforeEach, describe, expect, it } from "vitest";
import { FakeTransport, FakeWebSocket } from "../testing/fake-transport.ts";
import type { TransportOptions } from "../transports/transport.ts";
import { createUpgrades } from "./upgrades.ts";
import type { Upgrades } from "./upgrades.ts";

const options = { query: {} } as unknown as TransportOptions;

describe("Upgrades", () => {
  let events: string[];
  let present: FakeTransport;
  let candidate: FakeWebSocket;
  let upgrades: Upgrades;

  beforeEach(() => {
    events = [];
    present = new FakeTransport(options);
    present.connect();
    candidate = new FakeWebSocket(options);
    upgrades = createUpgrades({
      onUpgrading: () => events.push("upgrading"),
      onUpgraded: () => events.push("upgraded"),
      onUpgradeFailed: (error) => events.push(`failed: ${error.message} (${error.transport})`),
    });
    upgrades.probe(candidate, present);
  });

  it("probes, waits until the present transport rests, and then says that it takes over", () => {
    candidate.connect();
    expect(candidate.wire).toEqual(["2probe"]);
    candidate.receive("pong", "probe");
    expect(events).toEqual(["upgrading"]);
    expect(candidate.wire).toEqual(["2probe"]);
    present.onPaused!();
    expect(candidate.wire).toEqual(["2probe", "5"]);
    expect(events).toEqual(["upgrading", "upgraded"]);
  });

  it("fails on any other answer", () => {
    candidate.connect();
    candidate.receive("pong", "prob");
    expect(events).toEqual(["failed: probe error (websocket)"]);
    expect(candidate.wasClosed).toBe(true);
  });

  it("fails when the candidate cannot connect or closes", () => {
    candidate.break();
    expect(events).toEqual(["failed: probe error (websocket)"]);
  });

  it("fails when the candidate closes before it has answered", () => {
    candidate.connect();
    candidate.drop();
    expect(events).toEqual(["failed: transport closed (websocket)"]);
  });

  it("wakes the present transport when the candidate dies while it waits for it", () => {
    candidate.connect();
    candidate.receive("pong", "probe");
    candidate.drop();
    expect(events).toEqual(["upgrading", "failed: transport closed (websocket)"]);
    expect(present.onPaused).toBeUndefined();
  });

  it("lets the first one that answers win, and drops the others", () => {
    const slow = new FakeWebSocket(options);
    upgrades.probe(slow, present);
    candidate.connect();
    slow.connect();
    candidate.receive("pong", "probe");
    slow.receive("pong", "probe");
    expect(events).toEqual(["upgrading"]);
    expect(upgrades.isMoving()).toBe(true);
    present.onPaused!();
    expect(events).toEqual(["upgrading", "upgraded"]);
    expect(upgrades.isMoving()).toBe(false);
    expect([candidate.wasClosed, slow.wasClosed]).toEqual([false, true]);
  });

  it("says nothing more after it was aborted", () => {
    candidate.connect();
    candidate.receive("pong", "probe");
    const rested = present.onPaused!;
    upgrades.abort();
    rested();
    candidate.break();
    expect(events).toEqual(["upgrading"]);
    expect(candidate.wire).toEqual(["2probe"]);
    expect(candidate.wasClosed).toBe(true);
  });
});
