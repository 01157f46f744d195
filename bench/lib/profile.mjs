// --profile: one scenario under Node's CPU profiler, and where the time went.
import { mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { measure } from "./measure.mjs";
import { percent, short } from "./numbers.mjs";
import { resultsFolder } from "./results.mjs";
import { columns } from "./table.mjs";

const linesShown = 30;
const intervalUs = 200;
const times = { warmup: 1500, window: 3000 };
const root = pathToFileURL(join(import.meta.dirname, "../..")).href;

function nameOf({ functionName, url, lineNumber }) {
  const where = url === "" ? "" : `${url.replace(`${root}/`, "")}:${lineNumber + 1}`;
  return `${functionName || "(anonymous)"}  ${where}`.trim();
}

/**
 * [what, share of the time that the server was not idle], largest first. Of the last `lastUs` only: the server ends soon
 * after the window, and how it came up is not of interest.
 */
export function selfTimes(profile, lastUs = Infinity) {
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node.callFrame)]));
  const totals = new Map();
  let sum = 0;
  let at = profile.startTime;
  for (const [i, id] of profile.samples.entries()) {
    at += profile.timeDeltas[i];
    const name = names.get(id);
    if (name === "(idle)" || profile.endTime - at > lastUs) continue;
    const us = profile.timeDeltas[i + 1] ?? 0;
    totals.set(name, (totals.get(name) ?? 0) + us);
    sum += us;
  }
  return [...totals].map(([name, us]) => [name, us / sum]).toSorted((a, b) => b[1] - a[1]);
}

export async function profile({ peer, scenario }, options) {
  const folder = join(resultsFolder, "profiles");
  const file = `${peer.name}-${scenario.name}.cpuprofile`;
  mkdirSync(folder, { recursive: true });
  const flags = [
    "--cpu-prof",
    `--cpu-prof-dir=${folder}`,
    `--cpu-prof-name=${file}`,
    `--cpu-prof-interval=${intervalUs}`,
  ];
  const sample = await measure({ ...options, peer, scenario, flags, times });
  const path = join(folder, file);
  const rows = selfTimes(JSON.parse(readFileSync(path, "utf8")), times.window * 1000).slice(
    0,
    linesShown,
  );
  console.log(
    `${peer.label}, ${scenario.title}: ${short(sample.cpuUs)} µs of CPU/${scenario.per} under the profiler, kernel ${percent(sample.systemShare)}\n`,
  );
  console.log(
    columns(
      ["self time", ""],
      rows.map(([name, share]) => [name, percent(share)]),
    ),
  );
  console.log(
    `\n${relative(process.env.INIT_CWD ?? process.cwd(), path)} opens in Chromium's DevTools.`,
  );
}
