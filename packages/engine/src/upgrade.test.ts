import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { FakeHandler, FakeTransport } from "../testing/fake-transport.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { Upgrade } from "./upgrade.ts";

function setUp() {
  const clock = new VirtualClock();
  const events: string[] = [];
  const candidate = new FakeTransport("websocket", new FakeHandler());
  const host = {
    onUpgradeProbed: () => events.push("probed"),
    restPolling: () => events.push("rest"),
    onUpgradeDone: () => events.push("done"),
    onUpgradeFailed: () => events.push("failed"),
  };
  const times = { upgradeTimeoutMs: 1_000, noopIntervalMs: 100 };
  const upgrade = new Upgrade(host, candidate, new TimingWheel(clock, 50), times);
  return { clock, events, candidate, upgrade };
}

describe("Upgrade", () => {
  it("answers the probe, lets polling rest, and hands over on the upgrade packet", () => {
    const { events, candidate, upgrade, clock } = setUp();
    expect(upgrade.phase).toBe("awaiting-probe");
    upgrade.onControl("ping", "probe");
    expect(candidate.sent).toEqual(["3probe"]);
    expect(upgrade.phase).toBe("probing");
    upgrade.onControl("upgrade", undefined);
    expect(upgrade.phase).toBe("done");
    expect(events).toEqual(["probed", "rest", "done"]);
    expect(clock.running).toBe(false);
  });

  it("answers waiting GETs again and again while probing", () => {
    const { clock, events, upgrade } = setUp();
    upgrade.onControl("ping", "probe");
    events.length = 0;
    clock.advance(450);
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(new Set(events)).toEqual(new Set(["rest"]));
    expect(upgrade.phase).toBe("probing");
  });

  it("gives up when no probe comes in time", () => {
    const { clock, events, candidate, upgrade } = setUp();
    clock.advance(1_100);
    expect(upgrade.phase).toBe("failed");
    expect(candidate.state).toBe("closed");
    expect(events).toEqual(["failed"]);
    expect(clock.running).toBe(false);
  });

  it("gives up when the upgrade packet does not come in time", () => {
    const { clock, events, candidate, upgrade } = setUp();
    upgrade.onControl("ping", "probe");
    clock.advance(1_100);
    expect(upgrade.phase).toBe("failed");
    expect(candidate.state).toBe("closed");
    expect(events.filter((event) => event === "failed")).toHaveLength(1);
  });

  it("leaves polling to itself when the candidate dies", () => {
    for (const probed of [false, true]) {
      const { events, upgrade } = setUp();
      if (probed) upgrade.onControl("ping", "probe");
      upgrade.onTransportClose();
      upgrade.onTransportClose();
      expect(upgrade.phase).toBe("failed");
      expect(events.filter((event) => event === "failed")).toHaveLength(1);
    }
  });

  const wrong: [string, (upgrade: Upgrade) => void][] = [
    ["a ping without probe", (upgrade) => upgrade.onControl("ping", undefined)],
    ["an upgrade without a probe", (upgrade) => upgrade.onControl("upgrade", undefined)],
    ["a pong", (upgrade) => upgrade.onControl("pong", "probe")],
    ["a text message", (upgrade) => upgrade.onText()],
    ["a binary message", (upgrade) => upgrade.onBinary()],
    ["what is no packet", (upgrade) => upgrade.onInvalidPacket()],
  ];
  for (const [what, act] of wrong) {
    it(`gives the candidate up on ${what}`, () => {
      const { events, candidate, upgrade } = setUp();
      act(upgrade);
      expect(upgrade.phase).toBe("failed");
      expect(candidate.state).toBe("closed");
      expect(events).toEqual(["failed"]);
    });
  }

  it("gives the candidate up on a second probe, or a message before the upgrade packet", () => {
    for (const act of [
      (upgrade: Upgrade) => upgrade.onControl("ping", "probe"),
      (upgrade: Upgrade) => upgrade.onText(),
    ]) {
      const { events, upgrade } = setUp();
      upgrade.onControl("ping", "probe");
      act(upgrade);
      expect(upgrade.phase).toBe("failed");
      expect(events).toEqual(["probed", "rest", "failed"]);
    }
  });

  it("is over without a word to the connection when the connection abandons it", () => {
    const { clock, events, candidate, upgrade } = setUp();
    upgrade.abandon();
    upgrade.abandon();
    upgrade.onControl("upgrade", undefined);
    clock.advance(5_000);
    expect(upgrade.phase).toBe("failed");
    expect(candidate.state).toBe("closed");
    expect(events).toEqual([]);
  });
});
