import { describe, expect, it } from "vitest";
import type { Entry } from "./entry.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxHost, OutboxSettings } from "./outbox.ts";

/** An outbox whose store is quick; the test is its line and its clock. */
class Bench {
  nowMs = 1000;
  wakeMs: number | undefined;
  resyncs = 0;
  readonly sent: { entry: Entry; flight: number; flags: number }[] = [];
  readonly outbox: Outbox;

  constructor(settings: Partial<OutboxSettings> = {}) {
    const host: OutboxHost = {
      now: () => this.nowMs,
      wake: (atMs) => {
        this.wakeMs = atMs;
      },
      send: (entry, flags) => this.sent.push({ entry, flight: entry.flight, flags }),
      put: (_entry, _isNew, done) => queueMicrotask(done),
      remove() {},
      counted() {},
      resync: () => {
        this.resyncs++;
      },
      changed() {},
    };
    const roomy: OutboxSettings = {
      bytesMax: 1000,
      countMax: 1000,
      ttlMs: undefined,
      policy: "reject",
      resend: false,
    };
    this.outbox = new Outbox({ ...roomy, ...settings }, host);
  }

  up(inFlight = 10): void {
    this.outbox.lineUp({
      v: 1,
      session: { id: "S", secret: "" },
      recovered: true,
      position: { epoch: "e", offset: 0 },
      accepted: 0,
      inFlight,
    });
  }

  async add(...names: string[]): Promise<PromiseSettledResult<unknown>[]> {
    const added = names.map((name) => this.outbox.add({ args: [name], bytes: 10 }).settled);
    return Promise.allSettled(added);
  }

  /** Answers what was sent as the `index`-th. */
  answer(index: number, ...data: unknown[]): void {
    const { entry, flight } = this.sent[index]!;
    this.outbox.answered(entry, flight, data);
  }

  get names(): string[] {
    return this.sent.map(({ entry }) => entry.event);
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("an outbox", () => {
  it("leaves the server alone for as long as it asks, then goes on in order", async () => {
    const bench = new Bench();
    bench.up(2);
    void bench.add("a", "b", "c");
    await tick();
    bench.answer(0, 2, { code: "OVERLOADED", retryAfterMs: 300 });
    bench.answer(1, 2, { code: "OUT_OF_ORDER" });
    expect([bench.wakeMs, bench.names]).toEqual([1300, ["a", "b"]]);
    bench.nowMs = 1300;
    bench.outbox.tick();
    expect(bench.names).toEqual(["a", "b", "a", "b"]);
    expect(bench.sent.map(({ flags }) => flags)).toEqual([0, 0, 1, 1]);
  });

  it("pauses longer each time when the server does not say how long", async () => {
    const bench = new Bench();
    bench.up();
    void bench.add("a");
    await tick();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      bench.answer(attempt, 2, { code: "RETRY" });
      pauses.push(bench.wakeMs! - bench.nowMs);
      bench.nowMs = bench.wakeMs!;
      bench.outbox.tick();
    }
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it("is not held up by the answer to an attempt before", async () => {
    const bench = new Bench();
    bench.up();
    void bench.add("a");
    await tick();
    bench.up();
    bench.answer(0, 2, { code: "RETRY" });
    expect([bench.wakeMs, bench.names]).toEqual([undefined, ["a", "a"]]);
  });

  it("comes in again when the server finds the first one out of order again and again", async () => {
    const bench = new Bench();
    bench.up();
    void bench.add("a", "b");
    await tick();
    for (let attempt = 0; attempt < 3; attempt++) {
      bench.answer(2 * attempt, 2, { code: "OUT_OF_ORDER", retryAfterMs: 0 });
      bench.outbox.tick();
    }
    expect(bench.resyncs).toBe(1);
  });

  it("gives up what is late, but not what the server may be handling", async () => {
    const bench = new Bench({ ttlMs: 100 });
    bench.up(1);
    const ended = bench.add("sent", "waiting");
    await tick();
    expect(bench.wakeMs).toBe(1100);
    bench.nowMs = 1100;
    bench.outbox.tick();
    expect(bench.outbox.entries.map(({ event }) => event)).toEqual(["sent"]);
    bench.outbox.lineDown();
    expect(await ended).toMatchObject([
      { reason: { code: "EXPIRED", sent: "maybe" } },
      { reason: { code: "EXPIRED", sent: "no" } },
    ]);
    expect([bench.outbox.first, bench.outbox.bytes]).toEqual([2, 0]);
  });

  it("refuses what is too much", async () => {
    const bench = new Bench({ countMax: 2 });
    void bench.add("a", "b");
    expect(() => bench.outbox.add({ args: ["c"], bytes: 1 })).toThrow(
      expect.objectContaining({ code: "OUTBOX_FULL", sent: "no" }),
    );
    expect(bench.outbox.entries).toHaveLength(2);
  });

  it("drops the oldest for a newer one, if it has not been sent", async () => {
    const bench = new Bench({ policy: "drop-oldest", bytesMax: 30 });
    bench.up(1);
    const first = bench.add("sent");
    await tick();
    const others = bench.add("b", "c", "d");
    await tick();
    expect(bench.outbox.entries.map(({ event }) => event)).toEqual(["sent", "c", "d"]);
    expect(() => bench.outbox.add({ args: ["huge"], bytes: 31 })).toThrow("the outbox is full");
    for (let index = 0; index < 3; index++) {
      bench.answer(index, 0, index);
      await tick();
    }
    expect(await first).toMatchObject([{ value: 0 }]);
    expect(await others).toMatchObject([
      { reason: { code: "DROPPED", sent: "no" } },
      { value: 1 },
      { value: 2 },
    ]);
    expect(bench.sent.map(({ entry }) => entry.counter)).toEqual([1, 2, 3]);
  });
});
