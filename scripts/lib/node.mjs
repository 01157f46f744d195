// Which Node runs what: the workspace's own Node 24 runs the tools and the playground; the machine's
// Node, which may be older, runs the built packages too.
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fromRoot } from "./paths.mjs";
import { StepFailed, run } from "./run.mjs";
import { say } from "./say.mjs";

const installerTimeoutMs = 120_000;
const toolNodeMajor = 24;
export const workspaceNode = fromRoot("node_modules", "node", "bin", "node");

function versionOf(path) {
  try {
    accessSync(path, constants.X_OK);
    return execFileSync(path, ["--version"], { encoding: "utf8", timeout: 10_000 }).trim();
  } catch {
    return undefined;
  }
}

const majorOf = (version) => Number(/^v(\d+)/.exec(version ?? "")?.[1] ?? 0);

/**
 * The Node that runs tools, tests and the playground. npm may have skipped the install script of the
 * `node` package (it does so by default from version 12 on); then its installer is run here.
 */
export async function toolNode() {
  if (majorOf(versionOf(workspaceNode)) >= toolNodeMajor) return workspaceNode;
  const home = fromRoot("node_modules", "node");
  if (existsSync(home)) {
    say(
      "the workspace's Node is not there yet (install scripts were skipped): running its installer",
    );
    await run(process.execPath, ["installArchSpecificPackage.js"], {
      cwd: home,
      timeoutMs: installerTimeoutMs,
    });
    if (majorOf(versionOf(workspaceNode)) >= toolNodeMajor) return workspaceNode;
  }
  if (majorOf(process.version) >= toolNodeMajor) {
    say(`the workspace's Node could not be installed: going on with Node ${process.version}`);
    return process.execPath;
  }
  throw new StepFailed(
    `Node ${toolNodeMajor} is needed and could not be installed as a package; this is ${process.version}.\n` +
      `Try "npm rebuild node", or start this command with Node ${toolNodeMajor} or later.`,
  );
}

/** The machine's own Node: the first in PATH that is not the workspace's. */
export function machineNode() {
  const inside = fromRoot("node_modules");
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder === "" || folder.startsWith(inside) || folder.includes("node_modules/.bin"))
      continue;
    const path = join(folder, "node");
    const version = versionOf(path);
    if (version !== undefined) return { path, version };
  }
  return { path: process.execPath, version: process.version };
}

/** Every Node that the built packages are tested on: the machine's, and the workspace's. */
export function allNodes(tool) {
  const machine = machineNode();
  const nodes = [{ path: tool, version: versionOf(tool) }];
  if (majorOf(machine.version) !== majorOf(nodes[0].version)) nodes.unshift(machine);
  return nodes;
}

/** An environment in which `node` and the workspace's tools are found first. */
export function toolEnv() {
  const path = [fromRoot("node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  const { FORCE_COLOR: _, ...env } = process.env;
  return { ...env, PATH: path, NO_COLOR: "1" };
}
