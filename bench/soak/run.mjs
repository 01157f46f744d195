// npm run bench -- --soak [--minutes 10]: does the server keep anything of those who have gone?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { resultsFolder } from "../lib/results.mjs";
import { soak } from "./soak.mjs";

/** Load, the time until everybody is gone, and a look. */
const cycleMs = 6500;
const cyclesMin = 5;
const mega = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** Prints each sample and the verdict; the exit code is 1 when memory grows. */
export async function runSoak(minutes) {
  const cycles = Math.max(cyclesMin, Math.round((minutes * 60_000) / cycleMs));
  const result = await soak({
    cycles,
    onSample: ({ connections, heapUsed, rss }, at) =>
      console.log(
        `${String(at + 1).padStart(3)}/${cycles}  ${connections} connections came and went  heap ${mega(heapUsed)}  RSS ${mega(rss)}`,
      ),
  });
  const { heap, buffers, rss, allowed, grows } = result;
  console.log(
    `left of each connection: ${heap.toFixed(1)} B of heap, ${buffers.toFixed(1)} B of buffers, ${rss.toFixed(1)} B of RSS; allowed ${allowed} B of heap`,
  );
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, "soak.json"), `${JSON.stringify(result, undefined, 2)}\n`);
  if (!grows) return;
  console.error(styleText("red", "it grows"));
  process.exitCode = 1;
}
