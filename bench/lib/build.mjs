// Which build is measured, and that it stays the same one.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const packages = join(import.meta.dirname, "../../packages");

function builtFiles() {
  return readdirSync(packages, { recursive: true })
    .filter((name) => /^[^/]+\/dist\/.*\.c?js$/.test(name))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** A short name for the built files of all packages, by what is in them. */
export function buildFingerprint() {
  const hash = createHash("sha256");
  for (const name of builtFiles()) hash.update(name).update(readFileSync(join(packages, name)));
  return hash.digest("hex").slice(0, 8);
}

/** Throws when the packages are not those of the fingerprint any more: the figures would mix two builds. */
export function requireSameBuild(fingerprint) {
  let now;
  try {
    now = buildFingerprint();
  } catch {
    now = undefined; // a build is just removing its files
  }
  if (now === fingerprint) return;
  throw new Error("The packages were rebuilt while they were being measured: start again.");
}

function git(...words) {
  return execFileSync("git", words, {
    cwd: packages,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

/** "commit 1234567", and whether the packages differ from it. Undefined outside a repository. */
export function sourceText() {
  try {
    const commit = `commit ${git("rev-parse", "--short", "HEAD")}`;
    return git("status", "--porcelain", ".") === "" ? commit : `${commit} with changes`;
  } catch {
    return undefined;
  }
}
