// node tests/conformance/run.ts [words of a section or a case …] [--pairing both] [--mode websocket] [--slow]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { testsRoot } from "../src/support/fixtures.ts";
import { jobs, titleOf } from "./harness/jobs.ts";
import { pairings } from "./harness/judge.ts";
import { Matrix } from "./harness/matrix.ts";
import { stalePage } from "./harness/page.ts";
import { runPool } from "./harness/pool.ts";
import type { Answer, Job } from "./harness/jobs.ts";
import type { Verdict } from "./harness/judge.ts";

/** More than these that differ are no accident. */
const replaysMax = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairing: { type: "string", multiple: true, default: Object.keys(pairings) },
    mode: { type: "string" },
    slow: { type: "boolean", default: false },
  },
});

const wanted = jobs
  .map((job, index) => ({ job, index }))
  .filter(({ job }) => values.mode === undefined || job.mode === values.mode)
  .filter(({ job }) => {
    const title = titleOf(job).toLowerCase();
    return positionals.every((word) => title.includes(word.toLowerCase()));
  });

interface Result extends Verdict {
  readonly job: Job;
}

/** The verdicts of each job; those of a second run take the place of the first. */
const verdicts = new Map<number, Verdict[]>();
let uncaught = 0;

function onAnswer(answer: Answer): void {
  if (!("uncaught" in answer)) {
    verdicts.set(answer.job, answer.verdicts);
    return;
  }
  uncaught += 1;
  const during = answer.during.map((index) => `       ${titleOf(jobs[index]!)}`).join("\n");
  console.log(`FAIL uncaught: ${answer.uncaught}\n     while these ran:\n${during}`);
}

const options = { workers: 2, args: values.pairing };
const indexes = (alone: boolean): number[] =>
  wanted.filter(({ job }) => (job.given.alone ?? false) === alone).map(({ index }) => index);
await runPool(indexes(false), { ...options, slots: 6 }, onAnswer);
await runPool(indexes(true), { ...options, slots: 1 }, onAnswer);

// On a machine that is busy with something else, a case with a time-out in it may come out in another order, on
// npm's side as well. What is a difference is one again when nothing else runs.
const isWrong = ({ wrong }: Verdict): boolean => wrong !== undefined;
const again = [...verdicts].filter(([, found]) => found.some(isWrong)).map(([index]) => index);
if (again.length > 0 && again.length <= replaysMax) {
  for (const index of again) console.log(`again, alone: ${titleOf(jobs[index]!)}`);
  await runPool(again, { ...options, workers: 1, slots: 1 }, onAnswer);
}

const matrix = new Matrix();
const results: Result[] = [...verdicts].flatMap(([index, found]) => {
  const job = jobs[index]!;
  return found.map((verdict) => ({ job, ...verdict }));
});
for (const result of results) {
  const { job, pairing, wrong } = result;
  matrix.note(job, result);
  if (wrong === undefined) continue;
  const told = wrong.replaceAll("\n", "\n     ");
  console.log(`FAIL ${titleOf(job)}, Hawser as ${pairing}\n     ${told}`);
}

const titles = [...new Set(jobs.map(({ section }) => section.title))];
console.log(`\n${matrix.toString(titles)}\n`);
if (values.slow) {
  for (const { job, pairing, ms } of results.toSorted((a, b) => b.ms - a.ms).slice(0, 20)) {
    console.log(`${ms} ms: ${titleOf(job)}, ${pairing}`);
  }
}

const report = results.map(({ job, pairing, wrong, ms }) => {
  return { section: job.section.title, case: job.name, mode: job.mode, pairing, ms, wrong };
});
mkdirSync(join(testsRoot, ".cache"), { recursive: true });
writeFileSync(join(testsRoot, ".cache", "conformance.json"), JSON.stringify(report, null, 1));

// A part of the cases says nothing of the page.
const stale = wanted.length === jobs.length ? stalePage() : undefined;
if (stale !== undefined) console.log(`FAIL ${stale}`);

const failed = results.filter(({ wrong }) => wrong !== undefined).length;
const others = uncaught + (stale === undefined ? 0 : 1);
console.log(`${results.length - failed} passed, ${failed + others} failed`);
process.exitCode = failed + others > 0 || results.length === 0 ? 1 : 0;
