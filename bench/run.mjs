// npm run bench: the servers side by side. See README.md.
import { styleText } from "node:util";
import { runClients } from "./client/run.mjs";
import { compiledGenerator } from "./lib/compiler.mjs";
import { figuresOf } from "./lib/figures.mjs";
import { describeMachine, machineText } from "./lib/machine.mjs";
import { ratioText, short } from "./lib/numbers.mjs";
import { readOptions, usage } from "./lib/options.mjs";
import { peerNamed } from "./lib/peers.mjs";
import { profile } from "./lib/profile.mjs";
import { publish } from "./lib/publish.mjs";
import { Progress } from "./lib/progress.mjs";
import { markdownSummary, terminalReport } from "./lib/report.mjs";
import { writeResults } from "./lib/results.mjs";
import { countSamples, runAll } from "./lib/rounds.mjs";
import { unitOf } from "./lib/scenarios.mjs";
import { runSoak } from "./soak/run.mjs";

function scenarioLine({ scenario, costs, ratios }) {
  const values = Object.entries(costs).map(
    ([name, cost]) => `${peerNamed(name).label} ${short(cost.value)}`,
  );
  const against = ratios.map(
    ({ subject, rival, median }) => `${subject}/${rival} ${ratioText(median)}`,
  );
  const text = `${scenario.name.padEnd(15)}${values.join("  ")} ${unitOf(scenario)}`;
  return against.length === 0 ? text : `${text}   ${styleText("bold", against.join("  "))}`;
}

async function bench(options) {
  if (!options.client) compiledGenerator();
  const machine = describeMachine(options);
  const progress = new Progress(countSamples(options));
  progress.line(machineText(machine));
  const run = options.client ? runClients : runAll;
  const results = await run({ ...options, build: machine.build }, progress, (result) =>
    progress.line(scenarioLine(figuresOf(result, options.peers))),
  );
  const figures = results.map((result) => figuresOf(result, options.peers));
  const name = options.name ?? `node${machine.node.slice(1).split(".")[0]}`;
  const files = writeResults(name, { figures, results, options, machine });
  console.log(`\n${terminalReport(figures, options)}\n\n${files.join("  ")}`);
  const failed = results.filter(({ failures }) => Object.keys(failures).length > 0);
  if (failed.length === 0) {
    if (options.publish) publish(name, markdownSummary(figures, options, machine));
    return;
  }
  console.error(
    styleText("red", `FAILED: ${failed.map(({ scenario }) => scenario.name).join(", ")}`),
  );
  process.exitCode = 1;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else if (options.soak) await runSoak(options.soak);
  else if (options.profile) await profile(options.profile, options);
  else await bench(options);
} catch (error) {
  console.error(styleText("red", error.message));
  process.exitCode = 1;
}
