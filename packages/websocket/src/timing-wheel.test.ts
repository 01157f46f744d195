import { describe, expect, it } from "vitest";
import { VirtualClock } from "./testing/virtual-clock.ts";
import { TimingWheel, WheelEntry, sharedWheel, systemClock } from "./timing-wheel.ts";

class Probe extends WheelEntry {
  readonly expired: number[] = [];
  private readonly clock: VirtualClock;
  private readonly andThen: (() => void) | undefined;

  constructor(clock: VirtualClock, andThen?: () => void) {
    super();
    this.clock = clock;
    this.andThen = andThen;
  }

  override onExpire(): void {
    this.expired.push(this.clock.now());
    this.andThen?.();
  }
}

function setUp(slotMs = 50, slotCount = 8): { clock: VirtualClock; wheel: TimingWheel } {
  const clock = new VirtualClock();
  return { clock, wheel: new TimingWheel(clock, slotMs, slotCount) };
}

describe("TimingWheel", () => {
  it("expires an entry once, never early and at most one slot late", () => {
    for (let delay = 0; delay <= 1_000; delay += 7) {
      const { clock, wheel } = setUp();
      const start = clock.now();
      const entry = new Probe(clock);
      wheel.schedule(entry, delay);
      clock.advance(2_000);
      expect(entry.expired).toHaveLength(1);
      const took = (entry.expired[0] as number) - start;
      expect(took).toBeGreaterThanOrEqual(delay);
      expect(took).toBeLessThanOrEqual(Math.max(delay, 1) + 50);
    }
  });

  it("lets an entry wait longer than one turn", () => {
    const { clock, wheel } = setUp(50, 8);
    const entry = new Probe(clock);
    wheel.schedule(entry, 10_000);
    clock.advance(9_900);
    expect(entry.expired).toEqual([]);
    clock.advance(200);
    expect(entry.expired).toHaveLength(1);
  });

  it("moves an entry that is scheduled again", () => {
    const { clock, wheel } = setUp();
    const entry = new Probe(clock);
    wheel.schedule(entry, 100);
    wheel.schedule(entry, 1_000);
    expect(wheel.size).toBe(1);
    clock.advance(900);
    expect(entry.expired).toEqual([]);
    clock.advance(200);
    expect(entry.expired).toHaveLength(1);
  });

  it("forgets an entry that is cancelled, and takes a second cancel in silence", () => {
    const { clock, wheel } = setUp();
    const entry = new Probe(clock);
    wheel.schedule(entry, 100);
    wheel.cancel(entry);
    wheel.cancel(entry);
    clock.advance(1_000);
    expect(entry.expired).toEqual([]);
    expect(wheel.size).toBe(0);
  });

  it("runs its interval only while entries wait", () => {
    const { clock, wheel } = setUp();
    expect(clock.running).toBe(false);
    const [first, second] = [new Probe(clock), new Probe(clock)];
    wheel.schedule(first, 100);
    wheel.schedule(second, 200);
    expect(clock.running).toBe(true);
    wheel.cancel(second);
    expect(clock.running).toBe(true);
    clock.advance(300);
    expect(clock.running).toBe(false);
    wheel.schedule(first, 100);
    clock.advance(300);
    expect(first.expired).toHaveLength(2);
  });

  it("lets an entry schedule itself anew, and cancel one that is due at the same time", () => {
    const { clock, wheel } = setUp();
    const victim = new Probe(clock);
    const again: Probe = new Probe(clock, () => {
      wheel.cancel(victim);
      if (again.expired.length < 3) wheel.schedule(again, 100);
    });
    wheel.schedule(again, 100);
    wheel.schedule(victim, 100);
    clock.advance(1_000);
    expect(again.expired).toHaveLength(3);
    expect(victim.expired).toEqual([]);
  });

  it("goes on after an entry has thrown", () => {
    const { clock, wheel } = setUp();
    const bad = new Probe(clock, () => {
      throw new Error("the application's");
    });
    const good = new Probe(clock);
    wheel.schedule(bad, 100);
    wheel.schedule(good, 100);
    expect(() => clock.advance(500)).toThrow("the application's");
    clock.advance(100);
    expect(good.expired).toHaveLength(1);
  });

  it("reads waiting input before it expires anything after the process was stalled", () => {
    const { clock, wheel } = setUp();
    const entry = new Probe(clock);
    wheel.schedule(entry, 1_000);
    clock.stall(60_000);
    expect(entry.expired).toEqual([]);
    wheel.schedule(entry, 1_000);
    clock.runJobs();
    expect(entry.expired).toEqual([]);
    clock.stall(60_000);
    clock.runJobs();
    expect(entry.expired).toHaveLength(1);
  });

  it("agrees with a plain list of due times", () => {
    const { clock, wheel } = setUp(10, 16);
    let seed = 42;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const entries = Array.from({ length: 50 }, () => new Probe(clock));
    const due = new Map<Probe, number>();
    for (let step = 0; step < 2_000; step++) {
      const entry = entries[random(50)] as Probe;
      if (random(4) === 0) {
        wheel.cancel(entry);
        due.delete(entry);
      } else {
        const delay = random(500);
        wheel.schedule(entry, delay);
        due.set(entry, clock.now() + delay);
      }
      clock.advance(random(30));
      for (const candidate of entries) {
        const at = candidate.expired.pop();
        if (at === undefined) continue;
        const wanted = due.get(candidate);
        expect(wanted).toBeDefined();
        expect(at).toBeGreaterThanOrEqual(wanted as number);
        expect(at).toBeLessThanOrEqual((wanted as number) + 20);
        due.delete(candidate);
      }
      for (const wanted of due.values()) expect(wanted).toBeGreaterThan(clock.now() - 21);
      expect(wheel.size).toBe(due.size);
    }
  });
});

describe("systemClock", () => {
  it("drives a wheel", async () => {
    const wheel = new TimingWheel(systemClock, 5);
    const started = wheel.now();
    await new Promise<void>((resolve) => {
      class Entry extends WheelEntry {
        override onExpire(): void {
          resolve();
        }
      }
      wheel.schedule(new Entry(), 20);
      // The wheel's own interval does not keep the process alive.
      const alive = setInterval(() => {
        if (wheel.size === 0) clearInterval(alive);
      }, 5);
    });
    expect(wheel.now() - started).toBeGreaterThanOrEqual(20);
  });

  it("has one wheel for the process", () => {
    expect(sharedWheel()).toBe(sharedWheel());
  });
});
