// The short form; `npm run chaos` is the long one.
import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runChaos } from "./run.ts";
import { bugs } from "./world.ts";
import type { Chaos } from "./run.ts";
import type { Verdict } from "./checker.ts";

// Another one each time: what it finds is there to be found. The message of a failure has it.
const seed = Number(process.env["HAWSER_CHAOS_SEED"] ?? Date.now() % 1_000_000);
const options = { timeout: 150_000 };

async function run(
  chaos: Pick<Chaos, "kind" | "messages" | "faults" | "budgetMs" | "bug">,
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-chaos-"));
  return runChaos({ seed, folder, ...chaos });
}

describe(`delivery when everything fails, seed ${seed}`, () => {
  it(
    "durable: nothing lost, nothing twice, one order, every promise settled",
    options,
    async () => {
      const verdict = await run({ kind: "durable", messages: 8_000, faults: 60, budgetMs: 30_000 });
      assert.deepEqual(verdict.violations.slice(0, 10), []);
      assert.ok(verdict.kills > 2 && verdict.heard > 1_000, JSON.stringify(verdict));
    },
  );

  it(
    "npm's client, with connection state recovery: the same, as far as its protocol allows",
    options,
    async () => {
      const verdict = await run({
        kind: "recovery",
        messages: 2_000,
        faults: 30,
        budgetMs: 20_000,
      });
      assert.deepEqual(verdict.violations.slice(0, 10), []);
      assert.ok(verdict.recovered >= 0.99 * verdict.reconnected, JSON.stringify(verdict));
    },
  );

  it(
    "plain clients with sessions and readers of Server-Sent Events, beside ours: the same",
    options,
    async () => {
      const verdict = await run({ kind: "plain", messages: 5_000, faults: 60, budgetMs: 25_000 });
      assert.deepEqual(verdict.violations.slice(0, 10), []);
      assert.ok(verdict.kills > 0 && verdict.heard > 1_000, JSON.stringify(verdict));
    },
  );
});

// What they run among makes no difference to whether a mistake is found.
describe("a mistake in the log is found", { concurrency: 4 }, () => {
  it("finds a log that skips a page when clients are plain", options, async () => {
    const bug = "skips a page";
    const verdict = await run({
      kind: "plain",
      messages: 2_000,
      faults: 30,
      budgetMs: 12_000,
      bug,
    });
    assert.notEqual(verdict.violations.length, 0, "the checker did not notice");
  });

  for (const bug of bugs) {
    it(`finds a log that ${bug}`, options, async () => {
      const verdict = await run({
        kind: "durable",
        messages: 3_000,
        faults: 30,
        budgetMs: 12_000,
        bug,
      });
      assert.notEqual(verdict.violations.length, 0, "the checker did not notice");
    });
  }
});
