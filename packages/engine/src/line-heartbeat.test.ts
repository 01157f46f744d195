import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { LineHeartbeat } from "./line-heartbeat.ts";

function setUp(onPing?: (heartbeat: LineHeartbeat) => void) {
  const clock = new VirtualClock();
  const events: string[] = [];
  const start = clock.now();
  const note = (what: string) => () => events.push(`${what} ${clock.now() - start}`);
  const target = {
    sendPing: () => {
      note("ping")();
      onPing?.(heartbeat);
    },
    sendPong: note("pong"),
    onBeat: () => {},
    onWrongBeat: note("wrong"),
    onPingTimeout: note("timeout"),
  };
  const times = { pingIntervalMs: 1_000, pingTimeoutMs: 400 };
  const heartbeat = new LineHeartbeat(target, new TimingWheel(clock, 50), times);
  heartbeat.start();
  return { clock, events, heartbeat };
}

describe("LineHeartbeat", () => {
  it("pings after the interval, and times out when nothing comes", () => {
    const { clock, events } = setUp();
    clock.advance(5_000);
    expect(events).toEqual(["ping 1000", "timeout 1400"]);
  });

  it("counts the interval from the answer", () => {
    const { clock, events, heartbeat } = setUp();
    clock.advance(1_300);
    heartbeat.onPong();
    clock.advance(1_000);
    expect(events).toEqual(["ping 1000", "ping 2300"]);
  });

  it("takes an answer that comes before ping returns", () => {
    const { clock, events } = setUp((heartbeat) => heartbeat.onPong());
    clock.advance(2_500);
    expect(events).toEqual(["ping 1000", "ping 2000"]);
  });

  it("takes anything as an answer, again and again, but only what comes after the ping", () => {
    const { clock, events, heartbeat } = setUp();
    for (let ms = 0; ms < 3_000; ms += 100) {
      heartbeat.heard = true;
      clock.advance(100);
    }
    expect(events).toEqual(["ping 1000", "ping 2400"]);
    clock.advance(5_000);
    expect(events.slice(2)).toEqual(["ping 3800", "timeout 4200"]);
  });

  it("has nothing against pings of the client, nor pongs that nobody asked for", () => {
    const { clock, events, heartbeat } = setUp();
    heartbeat.onPing();
    heartbeat.onPong();
    clock.advance(1_100);
    expect(events).toEqual(["ping 1000"]);
    heartbeat.stop();
    clock.advance(5_000);
    expect(events).toEqual(["ping 1000"]);
  });
});
