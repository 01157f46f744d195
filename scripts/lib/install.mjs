// Installs from the lockfile, when node_modules is missing or does not match the lockfile.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fromRoot } from "./paths.mjs";
import { StepFailed, run } from "./run.mjs";
import { say, timed } from "./say.mjs";

const installTimeoutMs = 300_000;
const lockfile = fromRoot("package-lock.json");
const stamp = fromRoot("node_modules", ".hawser-lock");
const npmStamp = fromRoot("node_modules", ".package-lock.json");

const lockHash = () => createHash("sha256").update(readFileSync(lockfile)).digest("hex");

/** True when what is installed is what the lockfile says, whether we or npm installed it. */
function installed() {
  if (!existsSync(npmStamp)) return false;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash()) return true;
  return statSync(npmStamp).mtimeMs >= statSync(lockfile).mtimeMs;
}

const npm = (...args) =>
  run("npm", [...args, "--no-fund", "--no-audit", "--loglevel=error"], {
    cwd: fromRoot(),
    timeoutMs: installTimeoutMs,
    quiet: true,
  });

/**
 * `npm ci`; or, where it refuses a lockfile that leaves out binaries of other platforms (a registry that
 * does not carry them makes such lockfiles), `npm install` from the same lockfile, which stays as it is.
 */
async function fromLockfile() {
  const strict = await npm("ci");
  if (strict.code === 0) return;
  if (!strict.output.includes("EUSAGE")) throw new StepFailed(`${strict.output}\nnpm ci failed`);
  say("npm ci misses packages of other platforms in the lockfile: npm install --no-save instead");
  const lenient = await npm("install", "--no-save");
  if (lenient.code !== 0) throw new StepFailed(`${lenient.output}\nnpm install failed`);
}

export async function install() {
  if (installed()) return;
  const reason = existsSync(fromRoot("node_modules"))
    ? "package-lock.json has changed"
    : "fresh clone";
  await timed(`installing the workspace (${reason})`, fromLockfile);
  writeFileSync(stamp, lockHash());
}
