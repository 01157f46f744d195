// npm run soak -w bench [-- --minutes 10]: does the server keep anything of those who have gone?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { resultsFolder } from "../lib/results.mjs";
import { soak } from "./soak.mjs";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    leak: { type: "boolean", default: false },
  },
});
/** Load, the time until everybody is gone, and a look. */
const cycleMs = 6500;
const minutes = Number(values.minutes);
if (!(minutes >= 0.5 && minutes <= 600)) throw new Error("--minutes: from 0.5 to 600");
const cycles = Math.max(5, Math.round((minutes * 60_000) / cycleMs));
const mega = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

const result = await soak({
  cycles,
  leak: values.leak,
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
if (grows) {
  console.error(styleText("red", "it grows"));
  process.exitCode = 1;
}
