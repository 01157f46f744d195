import { afterAll, describe, expect, it } from "vitest";
import { CodeCoverage } from "./coverage.ts";
import { Fuzzer } from "./fuzzer.ts";
import type { FuzzTarget } from "./fuzzer.ts";

const coverage = new CodeCoverage((url) => url.includes("targets/planted"));
// Before the target is loaded: what was compiled earlier has no counters.
coverage.start();
const { target } = (await import("./targets/planted.ts")) as { target: FuzzTarget };
afterAll(() => coverage.stop());

const budget = { inputsMax: 60_000, milliseconds: 60_000, slowMs: 10_000 };

/** How many inputs it took to find the planted mistake; undefined when it was not found. */
async function inputsToFind(
  seed: number,
  guide: CodeCoverage | undefined,
): Promise<number | undefined> {
  const fuzzer = new Fuzzer(target, { ...budget, seed, coverage: guide, findingsMax: 1 });
  await fuzzer.run();
  return fuzzer.findings.length > 0 ? fuzzer.inputs : undefined;
}

describe("the fuzzer", () => {
  it(
    "finds a mistake behind four nested conditions by coverage, and not without",
    { timeout: 120_000 },
    async () => {
      const guided = await inputsToFind(1, coverage);
      expect(guided).toBeLessThan(budget.inputsMax);
      for (const seed of [1, 2, 3]) expect(await inputsToFind(seed, undefined)).toBeUndefined();
    },
  );

  it("tells an input that takes too long", async () => {
    const slow: FuzzTarget = {
      name: "slow",
      seeds: [Buffer.of(7)],
      words: [],
      run(input) {
        const end = performance.now() + (input[0] === 7 ? 30 : 0);
        while (performance.now() < end);
      },
    };
    const options = { ...budget, inputsMax: 1, seed: 1, coverage: undefined, slowMs: 20 };
    const fuzzer = new Fuzzer(slow, options);
    await fuzzer.run();
    expect(fuzzer.findings.map(({ kind, input }) => [kind, [...input]])).toEqual([["slow", [7]]]);
  });

  it("keeps what does something for the first time, and tells the same failure once", async () => {
    const picky: FuzzTarget = {
      name: "picky",
      seeds: [Buffer.from("a")],
      words: [Buffer.from("b")],
      run(input, note) {
        note(String(input.length % 4));
        if (input.includes("b")) throw new Error("a b");
      },
    };
    const options = { ...budget, inputsMax: 5_000, seed: 1, coverage: undefined };
    const fuzzer = new Fuzzer(picky, options);
    await fuzzer.run();
    expect(fuzzer.findings.length).toBe(1);
    expect(fuzzer.featureCount).toBe(4);
    expect(fuzzer.corpus.length).toBeLessThan(8);
  });
});
