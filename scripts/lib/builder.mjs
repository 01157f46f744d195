// Builds the packages and the playground in floor order, each only when its sources have changed.
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { toolEnv } from "./node.mjs";
import { fromRoot, packages } from "./paths.mjs";
import { StepFailed, must } from "./run.mjs";
import { say, seconds } from "./say.mjs";
import { hashOf, isFresh, markFresh } from "./stale.mjs";

const buildTimeoutMs = 120_000;

const targets = [
  ...packages.map((name) => ({ name, folder: `packages/${name}`, output: "dist/index.js" })),
  { name: "playground", folder: "apps/playground", output: "dist/index.html" },
];

const manifestOf = (folder) => JSON.parse(readFileSync(fromRoot(folder, "package.json"), "utf8"));

/** The server serves the client's bundle, so it carries a copy of it. */
function copyClientBundle() {
  const bundle = fromRoot("packages/client/dist/browser");
  const copy = fromRoot("packages/server/client-dist");
  if (!existsSync(bundle)) {
    say("packages/client has no browser bundle: hawser is built without one to serve");
    return;
  }
  rmSync(copy, { recursive: true, force: true });
  cpSync(bundle, copy, { recursive: true });
}

async function buildOne(target) {
  const output = fromRoot(target.folder, target.output);
  const { ms } = await must(
    `building ${target.folder}`,
    "npm",
    ["run", "--silent", "build", "-w", target.folder],
    { cwd: fromRoot(), env: toolEnv(), timeoutMs: buildTimeoutMs, quiet: true },
  );
  if (target.name === "server") copyClientBundle();
  if (!existsSync(output)) {
    throw new StepFailed(`building ${target.folder} left no ${target.output}`);
  }
  return ms;
}

/**
 * Builds what is missing or stale, or everything with `force`; resolves with the number built. `only`
 * leaves out what is not named (a package by its folder's name, or "playground").
 */
export async function build({ force = false, only } = {}) {
  const hashes = new Map();
  let built = 0;
  for (const target of targets) {
    const manifest = manifestOf(target.folder);
    const needs = Object.keys(manifest.dependencies ?? {}).filter((name) => hashes.has(name));
    if (target.name === "server") needs.push("@hawser/client");
    const shared = readFileSync(fromRoot("tsconfig.base.json"));
    const hash = hashOf(fromRoot(target.folder), [
      shared,
      ...needs.map((name) => hashes.get(name)),
    ]);
    hashes.set(manifest.name, hash);
    if (only && !only.includes(target.name)) continue;
    const output = fromRoot(target.folder, target.output);
    if (!force && isFresh(target.name, hash, output)) continue;
    say(`building ${target.folder}: ${seconds(await buildOne(target))}`);
    markFresh(target.name, hash, output);
    built += 1;
  }
  return built;
}
