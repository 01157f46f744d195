// npm run chaos [-- --seed 7 --messages 100000 --faults 500 --kind durable --minutes 20 --bug "skips a page"]
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runChaos } from "./run.ts";
import { bugs, kinds } from "./world.ts";
import type { Bug, Kind } from "./world.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    kind: { type: "string", default: "durable" },
    messages: { type: "string", default: "100000" },
    faults: { type: "string", default: "500" },
    minutes: { type: "string", default: "20" },
    keep: { type: "string" },
    bug: { type: "string" },
  },
});
const { kind, bug, keep } = values;
if (!kinds.includes(kind as Kind)) throw new Error(`--kind is one of: ${kinds.join(", ")}`);
if (bug !== undefined && !bugs.includes(bug as Bug)) {
  throw new Error(`--bug is one of: ${bugs.join(", ")}`);
}
const seed = Number(values.seed);
const folder = await mkdtemp(join(tmpdir(), "hawser-chaos-"));
console.log(`seed ${seed}, in ${folder}`);
const verdict = await runChaos({
  seed,
  kind: kind as Kind,
  folder,
  messages: Number(values.messages),
  faults: Number(values.faults),
  budgetMs: Number(values.minutes) * 60_000,
  ...(keep === undefined ? {} : { keep: Number(keep) }),
  ...(bug === undefined ? {} : { bug: bug as Bug }),
  progress: (text) => console.log(text),
});
const { violations, ...counts } = verdict;
console.log(JSON.stringify(counts, null, 2));
for (const violation of violations.slice(0, 50)) console.log(`✗ ${violation}`);
console.log(
  violations.length === 0
    ? `every promise was kept (seed ${seed})`
    : `${violations.length} broken promises; again with --seed ${seed}; histories in ${folder}`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
