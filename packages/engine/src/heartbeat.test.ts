import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { ServerHeartbeat } from "./heartbeat.ts";

function setUp(): { clock: VirtualClock; heartbeat: ServerHeartbeat; events: string[] } {
  const clock = new VirtualClock();
  const events: string[] = [];
  const start = clock.now();
  const note = (what: string) => () => events.push(`${what} ${clock.now() - start}`);
  const target = {
    sendPing: note("ping"),
    sendPong: note("pong"),
    onBeat: () => {},
    onWrongBeat: note("wrong"),
    onPingTimeout: note("timeout"),
  };
  const wheel = new TimingWheel(clock, 50);
  const times = { pingIntervalMs: 1_000, pingTimeoutMs: 400 };
  return { clock, events, heartbeat: new ServerHeartbeat(target, wheel, times) };
}

describe("ServerHeartbeat", () => {
  it("pings after the interval, and times out when nothing comes", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    clock.advance(5_000);
    expect(events).toEqual(["ping 1000", "timeout 1400"]);
  });

  it("counts the interval from the answer", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    clock.advance(1_300);
    heartbeat.onPong();
    clock.advance(1_000);
    heartbeat.onPong();
    expect(events).toEqual(["ping 1000", "ping 2300"]);
  });

  it("gives a client that is busy sending the time-out once more, and no further", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    for (let ms = 0; ms < 3_000; ms += 50) {
      heartbeat.heard = true;
      clock.advance(50);
    }
    expect(events).toEqual(["ping 1000", "timeout 1800"]);
  });

  it("does not count what was heard before the ping", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    heartbeat.heard = true;
    clock.advance(2_000);
    expect(events).toEqual(["ping 1000", "timeout 1400"]);
  });

  it("ignores an answer that nobody asked for", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    clock.advance(900);
    heartbeat.onPong();
    clock.advance(100);
    expect(events).toEqual(["ping 1000"]);
  });

  it("is silent once stopped", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    clock.advance(1_000);
    heartbeat.stop();
    clock.advance(5_000);
    expect(events).toEqual(["ping 1000"]);
    expect(clock.running).toBe(false);
  });
});
