import { TimingWheel } from "@hawser/websocket/internal";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { ClientHeartbeat } from "./heartbeat.ts";

function setUp() {
  const clock = new VirtualClock();
  const events: string[] = [];
  const start = clock.now();
  const note = (what: string) => (data?: string) =>
    events.push(`${what}${data ?? ""} ${clock.now() - start}`);
  const target = {
    sendPing: note("ping"),
    sendPong: note("pong"),
    onBeat: note("beat"),
    onWrongBeat: note("wrong"),
    onPingTimeout: note("timeout"),
  };
  const wheel = new TimingWheel(clock, 50);
  const times = { pingIntervalMs: 1_000, pingTimeoutMs: 400 };
  return { clock, events, heartbeat: new ClientHeartbeat(target, wheel, times), wheel };
}

describe("ClientHeartbeat", () => {
  it("waits for the client's ping, answers it, and times out without one", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    clock.advance(1_300);
    heartbeat.onPing("x");
    clock.advance(5_000);
    expect(events).toEqual(["pongx 1300", "beat 1300", "timeout 2700"]);
  });

  it("takes no other packet for a sign of life", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.start();
    heartbeat.heard = true;
    clock.advance(1_500);
    expect(events).toEqual(["timeout 1400"]);
  });

  it("refuses a pong, and stops", () => {
    const { clock, events, heartbeat, wheel } = setUp();
    heartbeat.start();
    heartbeat.onPong();
    heartbeat.stop();
    clock.advance(5_000);
    expect(events).toEqual(["wrong 0"]);
    expect(wheel.size).toBe(0);
  });
});
