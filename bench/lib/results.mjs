// The files of a run: bench/results/<name>.json, .md and .svg.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { chart } from "./chart.mjs";
import { curves } from "./curves.mjs";
import { markdownReport } from "./report.mjs";

export const resultsFolder = join(import.meta.dirname, "../results");

/** Returns the paths that were written, relative to the working directory. */
export function writeResults(name, { figures, results, options, machine }) {
  mkdirSync(resultsFolder, { recursive: true });
  const data = {
    machine,
    rounds: options.rounds,
    times: options.times,
    results: results.map(({ scenario, samples, failures }) => ({
      scenario: scenario.name,
      load: scenario.load,
      samples,
      failures,
    })),
  };
  const files = {
    json: `${JSON.stringify(data, undefined, 2)}\n`,
    md: markdownReport(figures, options, machine),
    svg: (options.growth ? curves : chart)(figures, options.peers, machine),
  };
  return Object.entries(files).map(([extension, text]) => {
    const path = join(resultsFolder, `${name}.${extension}`);
    writeFileSync(path, text);
    return relative(process.env.INIT_CWD ?? process.cwd(), path);
  });
}
