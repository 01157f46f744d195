// npm ci, when node_modules is missing or does not match the lockfile.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fromRoot } from "./paths.mjs";
import { must } from "./run.mjs";
import { timed } from "./say.mjs";

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

export async function install() {
  if (installed()) return;
  const reason = existsSync(fromRoot("node_modules"))
    ? "package-lock.json has changed"
    : "fresh clone";
  await timed(`installing the workspace with npm ci (${reason})`, () =>
    must("npm ci", "npm", ["ci", "--no-fund", "--no-audit"], {
      cwd: fromRoot(),
      timeoutMs: installTimeoutMs,
    }),
  );
  writeFileSync(stamp, lockHash());
}
