import type { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { TimingWheel } from "../timing-wheel.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { HeartbeatLine } from "./heartbeat.ts";
import { heartbeatTimes } from "./options.ts";

/** A line whose peer does what the test says. */
class FakeLine implements HeartbeatLine {
  state: "open" | "closing" | "closed" = "open";
  isReading = true;
  isFull = false;
  bytesRead: number | undefined = 0;
  bytesTaken: number | undefined = 0;
  readonly socket: Duplex = fakeSocket(this);
  readonly pings: Buffer[] = [];
  readonly pingedAt: number[] = [];
  private readonly clock: VirtualClock;
  listener = (): void => {};

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  ping(data: Uint8Array): void {
    this.pings.push(Buffer.from(data));
    this.pingedAt.push(this.clock.now());
  }

  /** Some bytes come in. */
  hear(): void {
    if (this.bytesRead !== undefined) this.bytesRead += 10;
    this.listener();
  }
}

function fakeSocket(line: FakeLine): Duplex {
  const writableLength = 1_000;
  return {
    isPaused: () => !line.isReading,
    on: (_: "data", listener: () => void) => {
      line.listener = listener;
    },
    get bytesRead() {
      return line.bytesRead;
    },
    get bytesWritten() {
      return line.bytesTaken === undefined ? undefined : line.bytesTaken + writableLength;
    },
    writableLength,
  } as unknown as Duplex;
}

const intervalMs = 10_000;
const timeoutMs = 4_000;
/** How coarse the wheel is. */
const slotMs = 50;

function setUp(counted = true): {
  clock: VirtualClock;
  line: FakeLine;
  heartbeat: Heartbeat;
  deaths: number[];
} {
  const clock = new VirtualClock();
  const line = new FakeLine(clock);
  if (!counted) line.bytesRead = line.bytesTaken = undefined;
  const deaths: number[] = [];
  const owner = { connection: line, onHeartbeatTimeout: () => deaths.push(clock.now()) };
  const wheel = new TimingWheel(clock, slotMs);
  const heartbeat = new Heartbeat(owner, { intervalMs, timeoutMs, wheel });
  heartbeat.start();
  return { clock, line, heartbeat, deaths };
}

/** Lets time pass until the next ping, and returns its data. */
function nextPing(clock: VirtualClock, line: FakeLine): Buffer {
  const before = line.pings.length;
  for (let waited = 0; line.pings.length === before; waited += slotMs) {
    if (waited > intervalMs * 2) throw new Error("no ping came");
    clock.advance(slotMs);
  }
  return line.pings.at(-1) as Buffer;
}

describe("Heartbeat", () => {
  it("pings each interval, the first time up to half an interval early", () => {
    const { clock, line, heartbeat, deaths } = setUp();
    const start = clock.now();
    for (let beat = 0; beat < 5; beat++) heartbeat.onPong(nextPing(clock, line));
    const [first, ...others] = line.pingedAt as [number, ...number[]];
    expect(first - start).toBeGreaterThanOrEqual(intervalMs / 2);
    expect(first - start).toBeLessThanOrEqual(intervalMs + slotMs);
    let last = first;
    for (const at of others) {
      expect(at - last).toBeGreaterThanOrEqual(intervalMs);
      expect(at - last).toBeLessThanOrEqual(intervalMs + 2 * slotMs);
      last = at;
    }
    expect(deaths).toEqual([]);
  });

  it("spreads the pings of lines that were opened together", () => {
    const clock = new VirtualClock();
    const wheel = new TimingWheel(clock, slotMs);
    const lines = Array.from({ length: 2_000 }, () => new FakeLine(clock));
    for (const connection of lines) {
      new Heartbeat(
        { connection, onHeartbeatTimeout: () => {} },
        { intervalMs, timeoutMs, wheel },
      ).start();
    }
    clock.advance(intervalMs + slotMs);
    const counts = new Map<number, number>();
    for (const { pingedAt } of lines) {
      expect(pingedAt).toHaveLength(1);
      counts.set(pingedAt[0] as number, (counts.get(pingedAt[0] as number) ?? 0) + 1);
    }
    // 100 ticks for 2,000 lines: 20 each on average.
    expect(Math.max(...counts.values())).toBeLessThan(60);
  });

  it("measures the round trip, and knows its own answers from others", () => {
    const { clock, line, heartbeat } = setUp();
    expect(heartbeat.rtt).toBeUndefined();
    const ping = nextPing(clock, line);
    clock.advance(120);
    expect(heartbeat.onPong(Buffer.from("the application's"))).toBe(false);
    expect(heartbeat.onPong(Buffer.alloc(8))).toBe(false);
    expect(heartbeat.rtt).toBeUndefined();
    expect(heartbeat.onPong(ping)).toBe(true);
    expect(heartbeat.rtt).toBe(120);
    // An answer counts once.
    expect(heartbeat.onPong(ping)).toBe(false);
  });

  it("declares a silent peer dead when the time-out is over, once", () => {
    const { clock, line, deaths } = setUp();
    nextPing(clock, line);
    clock.advance(timeoutMs - slotMs);
    expect(deaths).toEqual([]);
    clock.advance(2 * slotMs);
    expect(deaths).toHaveLength(1);
    clock.advance(10 * intervalMs);
    expect(deaths).toHaveLength(1);
    expect(line.pings).toHaveLength(1);
  });

  it.each([true, false])("takes any input for life (the socket counts: %s)", (counted) => {
    const { clock, line, deaths } = setUp(counted);
    for (let beat = 0; beat < 3; beat++) {
      nextPing(clock, line);
      clock.advance(timeoutMs / 2);
      line.hear();
    }
    clock.advance(timeoutMs);
    expect(deaths).toEqual([]);
    nextPing(clock, line);
    clock.advance(timeoutMs + slotMs);
    expect(deaths).toHaveLength(1);
  });

  it("takes progress of a full line for life, but not what the kernel of a free one takes", () => {
    const { clock, line, deaths } = setUp();
    line.isFull = true;
    nextPing(clock, line);
    line.bytesTaken = 100_000;
    clock.advance(timeoutMs + slotMs);
    expect(deaths).toEqual([]);
    line.isFull = false;
    nextPing(clock, line);
    line.bytesTaken = 200_000;
    clock.advance(timeoutMs + slotMs);
    expect(deaths).toHaveLength(1);
  });

  it("does not judge a line that is not read", () => {
    const { clock, line, deaths } = setUp();
    line.isReading = false;
    clock.advance(20 * intervalMs);
    expect(line.pings).toEqual([]);
    line.isReading = true;
    nextPing(clock, line);
    line.isReading = false;
    clock.advance(20 * intervalMs);
    expect(deaths).toEqual([]);
  });

  it("gives a line that is read again the whole time-out", () => {
    const { clock, line, heartbeat, deaths } = setUp();
    nextPing(clock, line);
    line.isReading = false;
    clock.advance(timeoutMs - slotMs);
    line.isReading = true;
    heartbeat.onResume();
    clock.advance(timeoutMs - slotMs);
    expect(deaths).toEqual([]);
    clock.advance(2 * slotMs);
    expect(deaths).toHaveLength(1);
  });

  it("reads what has come before it judges, when the process was stalled", () => {
    const { clock, line, deaths } = setUp();
    nextPing(clock, line);
    clock.stall(60_000);
    line.hear();
    clock.runJobs();
    expect(deaths).toEqual([]);
  });

  it.each(["stop", "closing"])("ends with the line (%s)", (how) => {
    const { clock, line, heartbeat, deaths } = setUp();
    nextPing(clock, line);
    if (how === "stop") heartbeat.stop();
    else line.state = "closing";
    clock.advance(20 * intervalMs);
    expect(deaths).toEqual([]);
    expect(clock.running).toBe(false);
  });
});

describe("heartbeatTimes", () => {
  it("is off by default, and sensible when it is on", () => {
    expect(heartbeatTimes(undefined)).toBeUndefined();
    expect(heartbeatTimes(false)).toBeUndefined();
    expect(heartbeatTimes(true)).toMatchObject({ intervalMs: 25_000, timeoutMs: 20_000 });
    expect(heartbeatTimes({ interval: 5 })).toMatchObject({ intervalMs: 5, timeoutMs: 20_000 });
  });

  it.each([1, "on", { interval: 0 }, { timeout: -1 }, { interval: Infinity }, { timeout: "1s" }])(
    "refuses %j",
    (option) => {
      expect(() => heartbeatTimes(option as never)).toThrow(
        expect.objectContaining({ code: "WS_ARGUMENT" }) as Error,
      );
    },
  );
});
