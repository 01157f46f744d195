// npm test: installs and builds what is missing, runs the suites one after the other, sums up.
// npm test -- unit interop runs only these.
import { line, add, none } from "./lib/counts.mjs";
import { install } from "./lib/install.mjs";
import { toolNode } from "./lib/node.mjs";
import { main, StepFailed } from "./lib/run.mjs";
import { say, seconds, table } from "./lib/say.mjs";
import { runSuite, suites } from "./lib/suites.mjs";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => suites.every((suite) => suite.name !== name));
if (unknown.length > 0) {
  console.error(
    `no such suite: ${unknown.join(", ")}. There are: ${suites.map((s) => s.name).join(", ")}`,
  );
  process.exit(1);
}

/** A step that fails under a suite (a build, say) fails that suite; the others still run. */
async function countsOf(suite, node) {
  try {
    return await runSuite(suite, node);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(error.message);
    return { ...none, failed: 1 };
  }
}

await main(async () => {
  const started = performance.now();
  await install();
  const node = await toolNode();

  const rows = [["suite", "passed", "failed", "skipped", "time"]];
  let total = none;
  for (const suite of suites) {
    if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
    console.log("");
    say(suite.name);
    const begun = performance.now();
    const counts = await countsOf(suite, node);
    const time = seconds(performance.now() - begun);
    say(`${suite.name}: ${line(counts)}, ${time}`);
    rows.push([suite.name, counts.passed, counts.failed, counts.skipped, time]);
    total = add(total, counts);
  }

  rows.push([
    "all",
    total.passed,
    total.failed,
    total.skipped,
    seconds(performance.now() - started),
  ]);
  console.log(`\n${table(rows)}\n`);
  console.log(line(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
});
