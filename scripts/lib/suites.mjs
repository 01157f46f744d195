// The suites of the test command, in the order in which they run.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepareAliasProject } from "./alias-project.mjs";
import { build } from "./builder.mjs";
import { add, fromLine, fromNodeTest, fromVitest, judged, none } from "./counts.mjs";
import { ensureDebian } from "./debian.mjs";
import { allNodes, toolEnv } from "./node.mjs";
import { cache, fromRoot, packages } from "./paths.mjs";
import { run } from "./run.mjs";
import { say } from "./say.mjs";

const suiteTimeoutMs = 300_000;
const testTimeoutMs = 60_000;

/** One of our own scripts that ends with "N passed, N failed". */
async function ownCheck(node, script, ...args) {
  const result = await run(node, [fromRoot("scripts", script), ...args], {
    cwd: fromRoot(),
    env: toolEnv(),
    timeoutMs: suiteTimeoutMs,
  });
  return judged(fromLine(result.output), result.code);
}

async function unit(node) {
  const report = join(cache, "unit.json");
  mkdirSync(cache, { recursive: true });
  rmSync(report, { force: true });
  const result = await run(
    node,
    [
      fromRoot("node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    { cwd: fromRoot(), env: toolEnv(), timeoutMs: suiteTimeoutMs },
  );
  const counts = existsSync(report) ? fromVitest(JSON.parse(readFileSync(report, "utf8"))) : none;
  return judged(counts, result.code);
}

async function buildAll() {
  const built = await build();
  say(built === 0 ? "everything is built" : `built ${built}`);
  return { ...none, passed: 1 };
}

/** Test files below a folder, by their ending. */
function testFiles(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

async function nodeTest(node, files, { concurrency = 2 } = {}) {
  if (files.length === 0) {
    say("no test files");
    return judged(none, 1);
  }
  const result = await run(
    node,
    [
      "--test",
      "--test-reporter=spec",
      `--test-concurrency=${concurrency}`,
      `--test-timeout=${testTimeoutMs}`,
      ...files,
    ],
    {
      cwd: fromRoot("tests"),
      env: { ...toolEnv(), NODE_OPTIONS: "--no-warnings" },
      timeoutMs: suiteTimeoutMs,
    },
  );
  return judged(fromNodeTest(result.output), result.code);
}

const inTests = (folder, options) => (node) =>
  nodeTest(node, testFiles(fromRoot("tests", "src", folder), ".test.ts"), options);

/** The same cases with npm's packages and with ours on either side, and whether the page says so. */
async function conformance(node, script = fromRoot("tests", "conformance", "run.ts"), ...args) {
  const result = await run(node, ["--no-warnings", script, ...args], {
    cwd: fromRoot("tests"),
    env: toolEnv(),
    timeoutMs: suiteTimeoutMs,
  });
  return judged(fromLine(result.output), result.code);
}

/** The built packages on each Node. One that cannot run TypeScript by itself gets the tests compiled. */
async function builtOnEachNode(node) {
  let counts = none;
  for (const each of allNodes(node)) {
    say(`built packages on Node ${each.version}`);
    if (each.path === node) {
      counts = add(counts, await inTests("built", { concurrency: 3 })(node));
      continue;
    }
    const out = fromRoot("tests", ".cache", "built");
    rmSync(out, { recursive: true, force: true });
    const compiled = await run("tsc", ["-p", "tests", "--noEmit", "false", "--outDir", out], {
      cwd: fromRoot(),
      env: toolEnv(),
    });
    if (compiled.code !== 0) return add(counts, { ...none, failed: 1 });
    counts = add(
      counts,
      await nodeTest(each.path, testFiles(join(out, "src", "built"), ".test.js")),
    );
    const script = join(out, "conformance", "run.js");
    counts = add(counts, await conformance(each.path, script, "--pairing", "both"));
  }
  return counts;
}

/** A project over an alias. */
const overAlias = (folder, options) => async (node) =>
  nodeTest(node, await prepareAliasProject(folder), options);

/** Clients in other languages: those that can be built here; `all` builds the slow ones, too. */
async function languages(node) {
  const all = process.env.HAWSER_LANGUAGES === "all" ? ["--all"] : [];
  say("building clients");
  const built = await run(
    node,
    ["--no-warnings", fromRoot("tests", "languages", "build.ts"), ...all],
    {
      env: toolEnv(),
      timeoutMs: suiteTimeoutMs,
    },
  );
  const files = testFiles(fromRoot("tests", "languages"), ".test.ts");
  return judged(await nodeTest(node, files, { concurrency: 1 }), built.code);
}

const everything = [...packages, "playground"];

export const suites = [
  { name: "lint", run: (node) => ownCheck(node, "lint.mjs") },
  { name: "floors", run: (node) => nodeTest(node, testFiles(fromRoot("scripts"), ".test.mjs")) },
  { name: "types", run: (node) => ownCheck(node, "types.mjs") },
  { name: "unit", run: unit },
  // The same inputs each time; `npm run fuzz` looks for others.
  { name: "fuzz", run: (node) => ownCheck(node, "fuzz.mjs", "--seconds", "8", "--seed", "1") },
  {
    name: "bench",
    run: (node) => nodeTest(node, testFiles(fromRoot("bench", "tests"), ".test.mjs")),
  },
  { name: "build", run: buildAll },
  { name: "packages", needs: packages, run: (node) => ownCheck(node, "check-packages.mjs") },
  { name: "built", needs: everything, run: builtOnEachNode },
  {
    name: "interop",
    needs: packages,
    debian: ["python3-socketio", "python3-aiohttp", "python3-websockets", "curl"],
    run: inTests("interop", { concurrency: 3 }),
  },
  {
    name: "languages",
    needs: packages,
    // What the others need is installed by `npm run languages -- --all`.
    debian: ["python3-websockets", "python3-socketio", "python3-aiohttp", "curl", "jq", "chromium"],
    run: languages,
  },
  { name: "delivery", needs: packages, run: inTests("delivery") },
  { name: "conformance", needs: packages, run: (node) => conformance(node) },
  {
    name: "plain",
    needs: packages,
    debian: ["python3-socketio", "python3-aiohttp", "python3-websockets"],
    run: inTests("plain"),
  },
  { name: "hostile", needs: packages, run: inTests("hostile", { concurrency: 4 }) },
  {
    name: "soak",
    needs: packages,
    run: (node) =>
      nodeTest(node, testFiles(fromRoot("bench", "soak"), ".test.mjs"), { concurrency: 1 }),
  },
  // One process tree after the other: they share two cores with what they judge.
  { name: "chaos", needs: packages, run: inTests("chaos", { concurrency: 1 }) },
  { name: "websocket", needs: ["websocket"], run: inTests("websocket", { concurrency: 4 }) },
  {
    name: "ecosystem",
    needs: packages,
    debian: ["redis-server", "chromium"],
    // One file at a time: they share Redis.
    run: overAlias("ecosystem", { concurrency: 1 }),
  },
  { name: "dropin", needs: packages, debian: ["chromium"], run: overAlias("dropin") },
  {
    name: "browser",
    needs: everything,
    debian: ["chromium"],
    run: inTests("browser", { concurrency: 2 }),
  },
];

/** Sees to what a suite needs, then runs it. */
export async function runSuite(suite, node) {
  if (suite.needs) await build({ only: suite.needs });
  if (suite.debian) await ensureDebian(suite.debian);
  return suite.run(node);
}
