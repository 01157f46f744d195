// npm run fuzz -- --seconds 60 [--target frames|machine|deflate|handshake|plain] [--seed n]
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { bytesInUse } from "../memory.ts";
import { CodeCoverage } from "./coverage.ts";
import { Fuzzer } from "./fuzzer.ts";
import type { FuzzTarget } from "./fuzzer.ts";

const names = ["frames", "machine", "deflate", "handshake", "plain"] as const;
/** The target of another package, found by its path: no import may go there. */
const elsewhere: Readonly<Record<string, string>> = {
  plain: new URL("../../../../protocol/testing/fuzz-plain.ts", import.meta.url).href,
};
const slowMs = 250;
/** From here on it does not come back by itself. */
const hangMs = 10_000;
/** What a run may keep beside its corpus: mostly what the guide knows of the code. */
const growthBytesMax = 16_000_000;
const inputBytesMax = 4_096;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    target: { type: "string", multiple: true },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const wanted = values.target ?? [...names];
const unknown = wanted.filter((name) => !(names as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`no such target: ${unknown.join(", ")}. There are: ${names.join(", ")}`);
  process.exit(1);
}
const seed = Number(values.seed);
const milliseconds = (Number(values.seconds) * 1_000) / wanted.length;

/** Ends the process when one input runs for too long, and names it: the process itself cannot. */
function watchdog(): (input: Buffer) => void {
  const shared = new SharedArrayBuffer(8 + inputBytesMax);
  const numbers = new Int32Array(shared, 0, 2);
  const bytes = new Uint8Array(shared, 8);
  const source = `
    const { workerData, isMainThread } = require("node:worker_threads");
    const numbers = new Int32Array(workerData, 0, 2);
    let last = -1, since = Date.now();
    setInterval(() => {
      if (numbers[0] !== last) { last = numbers[0]; since = Date.now(); return; }
      if (Date.now() - since < ${hangMs}) return;
      const input = Buffer.from(new Uint8Array(workerData, 8, numbers[1])).toString("hex");
      require("node:fs").writeSync(2, "HANG: " + input + "\\n");
      process.kill(process.pid, "SIGKILL");
    }, 1000);`;
  new Worker(source, { eval: true, workerData: shared }).unref();
  return (input) => {
    bytes.set(input.subarray(0, inputBytesMax));
    numbers[1] = Math.min(input.length, inputBytesMax);
    Atomics.add(numbers, 0, 1);
  };
}

const coverage = new CodeCoverage(
  (url) => /\/(?:websocket|protocol)\/src\//.test(url) && !url.includes("/testing/"),
);
// Before the code that is looked at is loaded.
coverage.start();
const onInput = watchdog();
let current: Buffer = Buffer.alloc(0);
process.on("uncaughtException", (error) => {
  console.error(`UNCAUGHT: ${error.stack}\n  input: ${current.toString("hex")}`);
  process.exit(1);
});

let failed = 0;
for (const name of wanted) {
  const { target } = (await import(elsewhere[name] ?? `./targets/${name}.ts`)) as {
    target: FuzzTarget;
  };
  const fuzzer = new Fuzzer(target, {
    seed,
    inputsMax: Infinity,
    milliseconds,
    coverage,
    slowMs,
    onInput(input) {
      current = input;
      onInput(input);
    },
  });
  await target.run(target.seeds[0] as Buffer, () => {});
  const before = await bytesInUse();
  await fuzzer.run();
  const corpusBytes = fuzzer.corpus.reduce((sum, { length }) => sum + 3 * length + 500, 0);
  const growth = (await bytesInUse()) - before - corpusBytes;
  const grew = growth > growthBytesMax;
  console.log(
    `${name}: ${fuzzer.inputs} inputs, corpus ${fuzzer.corpus.length}, ${fuzzer.featureCount} features, ` +
      `memory ${(growth / 1e6).toFixed(1)} MB, ${fuzzer.findings.length} findings, seed ${seed}`,
  );
  for (const { kind, input, error } of fuzzer.findings) {
    const text = error instanceof Error ? error.stack : String(error);
    console.error(`${name} ${kind}: ${text}\n  input: ${input.toString("hex")}`);
  }
  if (grew) console.error(`${name}: memory grew by ${growth} bytes`);
  if (grew || fuzzer.findings.length > 0) failed += 1;
}
coverage.stop();
console.log(`${wanted.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
