import { describe, expect, it } from "vitest";
import {
  ModelPage,
  ModelServer,
  SlowStore,
  VirtualTime,
  random,
} from "../testing/durable-world.ts";
import type { DeliveryError } from "./errors.ts";
import type { OutboxSettings } from "./outbox.ts";

interface Fate {
  value: number;
  /** How often its promise has settled. */
  times: number;
  error: DeliveryError | undefined;
  /** Its page is dead, so nobody hears of it. */
  isOrphan: boolean;
}

const roomy: OutboxSettings = {
  bytesMax: 1e9,
  countMax: 1e9,
  ttlMs: undefined,
  policy: "reject",
  resend: false,
};

interface Faults {
  reloads?: boolean;
  restarts?: boolean;
  losses?: boolean;
  diskFaults?: boolean;
  cancels?: boolean;
}

/** A life of messages and faults. */
class Life {
  readonly fates: Fate[] = [];
  /** What was stored when a page died. */
  readonly safe: Set<number> = new Set();
  readonly server: ModelServer;
  page: ModelPage;
  private readonly chance: () => number;
  private readonly pages: ModelPage[] = [];
  private readonly time = new VirtualTime();
  readonly store: SlowStore;
  private readonly settings: OutboxSettings;

  constructor(seed: number, settings: OutboxSettings) {
    this.chance = random(seed);
    this.settings = settings;
    this.store = new SlowStore(this.time, () => this.chance() * 10);
    this.server = new ModelServer(this.time, this.chance);
    this.page = this.open();
    this.page.connect();
  }

  async run(steps: number, faults: Faults): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const dice = this.chance();
      if (dice < 0.6) this.emit();
      else if (dice < 0.68) this.page.cut();
      else if (dice < 0.76) this.page.connect();
      else if (dice < 0.79 && faults.reloads) this.reload();
      else if (dice < 0.82 && faults.restarts) this.restart();
      else if (dice < 0.83 && faults.losses) this.lose();
      else if (dice < 0.86 && faults.diskFaults) this.store.failing = !this.store.failing;
      else if (dice < 0.9 && faults.cancels) this.cancel();
      await this.time.advance(this.chance() * 30);
    }
    this.store.failing = false;
    this.page.cut();
    this.page.connect();
    await this.time.advance(600_000);
  }

  readonly resyncs = (): number => this.pages.reduce((sum, page) => sum + page.resyncs, 0);

  private open(): ModelPage {
    const page = new ModelPage(this.time, this.store.open(), this.server, this.settings);
    this.pages.push(page);
    return page;
  }

  private emit(): void {
    const fate: Fate = { value: this.fates.length, times: 0, error: undefined, isOrphan: false };
    this.fates.push(fate);
    const end = (error?: DeliveryError): void => {
      fate.times++;
      fate.error = error;
    };
    try {
      this.page.outbox.add({ args: ["m", fate.value], bytes: 10 }).settled.then(() => end(), end);
    } catch (error) {
      end(error as DeliveryError);
    }
  }

  private reload(): void {
    this.page.die();
    for (const { args } of this.store.rows.values()) this.safe.add(args[1] as number);
    for (const fate of this.fates) fate.isOrphan ||= fate.times === 0;
    this.page = this.open();
    this.page.connect();
  }

  private restart(): void {
    this.page.cut();
    this.server.restart();
    this.page.connect();
  }

  private lose(): void {
    this.page.cut();
    this.server.forgetSessions();
    this.page.connect();
  }

  private cancel(): void {
    const waiting = this.page.outbox.entries.filter(({ state }) => state === "waiting");
    const entry = waiting[Math.floor(this.chance() * waiting.length)];
    if (entry) expect(this.page.outbox.cancel(entry.id)).toBe(true);
  }
}

function check({ fates, server, page, safe, store, resyncs }: Life): void {
  const handled = server.handled as number[];
  expect(page.outbox.entries, "nothing is left").toEqual([]);
  expect(page.outbox.bytes).toBe(0);
  expect(store.rows.size, "nor in the store").toBe(0);
  expect(resyncs(), "without a gap that only another line could close").toBe(0);
  expect(handled, "each at most once, in order").toEqual(
    [...new Set(handled)].toSorted((a, b) => a - b),
  );
  const seen = new Set(handled);
  expect(server.unflagged).toEqual([]);
  for (const value of safe) expect(seen, `${value} was stored`).toContain(value);
  for (const { value, times, error, isOrphan } of fates) {
    if (isOrphan) continue;
    expect(times, `the promise of ${value}`).toBe(1);
    if (!error || error.sent === "yes") expect(seen, `${value} was handled`).toContain(value);
    else if (error.sent === "no") expect(seen, `${value} was not handled`).not.toContain(value);
  }
}

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

describe("an outbox against a server that handles each message once", () => {
  it.each(seeds)("delivers over lines that are cut anywhere, seed %i", async (seed) => {
    const life = new Life(seed, roomy);
    await life.run(150, { restarts: true });
    check(life);
    expect(
      life.fates.filter(({ error }) => error?.sent === "no" || error?.sent === "maybe"),
    ).toEqual([]);
    expect(life.server.handled).toHaveLength(life.fates.length);
  });

  it.each(seeds)("survives pages that die, seed %i", async (seed) => {
    const life = new Life(seed, roomy);
    await life.run(150, { restarts: true, reloads: true });
    check(life);
  });

  it.each(seeds)("says what became of each when sessions are lost, seed %i", async (seed) => {
    const life = new Life(seed, roomy);
    await life.run(150, { restarts: true, losses: true, cancels: true });
    check(life);
  });

  it.each(seeds)(
    "lives with a small bound, a short life and a disk that fails, seed %i",
    async (seed) => {
      const policy = seed % 2 ? "reject" : "drop-oldest";
      const life = new Life(seed, {
        ...roomy,
        policy,
        countMax: 6,
        ttlMs: seed % 4 < 2 ? 200 : undefined,
      });
      await life.run(150, { restarts: true, diskFaults: true, cancels: true });
      check(life);
    },
  );

  it("sends again what may have been handled, when it is told so", async () => {
    const outcomes = new Set<string>();
    for (const seed of seeds) {
      const life = new Life(seed, { ...roomy, resend: true });
      await life.run(100, { losses: true });
      expect(life.page.outbox.entries).toEqual([]);
      for (const { value, error } of life.fates) {
        expect(life.server.handled).toContain(value);
        outcomes.add(error?.code ?? "answered");
      }
    }
    expect(outcomes).toEqual(new Set(["answered", "HANDLER_FAILED"]));
  });
});
