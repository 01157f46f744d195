import { describe, expect, it } from "vitest";
import { bar, picture, timeText } from "./picture.ts";
import { plainWire } from "./plain-wire.ts";
import { rawWire } from "./raw-wire.ts";
import { Results } from "./results.ts";
import { Schedule } from "./schedule.ts";
import { socketIoWire } from "./socket-io-wire.ts";
import type { WireSettings } from "./wire.ts";

const settings: WireSettings = {
  dialect: "socket.io",
  namespace: "/",
  auth: undefined,
  event: "echo",
  echo: "ack",
  size: 6,
};
const kind = (wire: ReturnType<typeof rawWire>, text: string): unknown =>
  wire.kindOf(Buffer.from(text), false);

describe("a schedule", () => {
  it("is by the clock: what is late is due from when it was meant to be sent", () => {
    const schedule = new Schedule(1_000, 100);
    expect([schedule.take(1_000), schedule.take(1_000)]).toEqual([1_000, undefined]);
    // The program was stopped for 35 ms: three messages are due, from then.
    expect([1, 2, 3, 4].map(() => schedule.take(1_035))).toEqual([1_010, 1_020, 1_030, undefined]);
  });
});

describe("wires of a load", () => {
  it("Socket.IO by acknowledgement, in a namespace", () => {
    const wire = socketIoWire({ ...settings, namespace: "/a", auth: { token: "t" } });
    expect(wire.opening).toEqual(['40/a,{"token":"t"}']);
    expect(wire.message(3)).toBe('42/a,3["echo","3:xxxx"]');
    const texts = ['0{"sid":"a"}', '40/a,{"sid":"b"}', "43/a,3[1]", '44/a,{"message":"no"}', "2"];
    expect(texts.map((it) => kind(wire, it))).toEqual(["hello", "ready", 3, "refused", "ping"]);
  });

  it("Socket.IO by event", () => {
    const wire = socketIoWire({ ...settings, echo: "event" });
    expect(wire.message(12)).toBe('42["echo","12:xxx"]');
    expect([kind(wire, '42["echo","12:xxx"]'), kind(wire, '42["other",1]')]).toEqual([12, "other"]);
  });

  it("plain, both ways", () => {
    const acked = plainWire({ ...settings, namespace: "/a" });
    expect(acked.opening).toEqual(['{"connect":{"namespace":"/a"}}']);
    expect(acked.message(1)).toBe('{"event":"echo","data":["1:xxxx"],"id":1,"namespace":"/a"}');
    expect(kind(acked, '{"ack":1,"data":["1:xxxx"]}')).toBe(1);
    const echoed = plainWire({ ...settings, echo: "event" });
    expect(kind(echoed, '{"event":"echo","data":["21:xxx"]}')).toBe(21);
  });

  it("raw", () => {
    const wire = rawWire(settings);
    expect([wire.message(9), kind(wire, "9:xxxx"), kind(wire, "welcome")]).toEqual([
      "9:xxxx",
      9,
      "other",
    ]);
  });
});

describe("results", () => {
  it("have percentiles in ms", () => {
    const results = new Results();
    for (let ms = 1; ms <= 100; ms += 1) results.record(ms);
    expect(results.percentile(50)).toBeCloseTo(50, 0);
    expect(results.percentile(99)).toBeCloseTo(99, 0);
    expect(results.max).toBeCloseTo(100, 0);
  });

  it("are drawn no wider than the terminal", () => {
    const lines = picture(
      [
        { upTo: 1, count: 90 },
        { upTo: 2_000, count: 10 },
      ],
      60,
    );
    expect(Math.max(...lines.map((it) => it.length))).toBeLessThanOrEqual(60);
    expect(lines[0]).toContain("90 %");
    expect([bar(0.5, 4), bar(0, 4), bar(1, 4)]).toEqual(["██", "", "████"]);
    expect([timeText(0.214), timeText(12.34), timeText(1_200)]).toEqual([
      "0.21 ms",
      "12.3 ms",
      "1.20 s",
    ]);
  });
});
