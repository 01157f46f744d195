// Is what was built still what the sources say? By content, so that a checkout or a touch costs nothing.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./paths.mjs";

const skipped = new Set(["node_modules", "dist", "client-dist", "coverage", ".cache"]);
const data = /\.(db|db-shm|db-wal|log)$/;

function* filesUnder(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (skipped.has(entry.name) || data.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile() && !entry.name.includes(".test.")) yield path;
  }
}

/** One hash over the sources in a folder (tests and outputs left out) and over what they depend on. */
export function hashOf(folder, dependencies) {
  const hash = createHash("sha256");
  for (const path of filesUnder(folder)) {
    hash
      .update(`${path.slice(folder.length)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  for (const dependency of dependencies) hash.update(dependency);
  return hash.digest("hex");
}

const stampOf = (name) => join(cache, "build", `${name}.json`);
const builtAt = (output) => (existsSync(output) ? statSync(output).mtimeMs : 0);

/** True when `output` is there, is the one that was stamped, and was built from sources with this hash. */
export function isFresh(name, hash, output) {
  if (!existsSync(output) || !existsSync(stampOf(name))) return false;
  const stamp = JSON.parse(readFileSync(stampOf(name), "utf8"));
  return stamp.hash === hash && stamp.builtAt === builtAt(output);
}

export function markFresh(name, hash, output) {
  mkdirSync(join(cache, "build"), { recursive: true });
  writeFileSync(stampOf(name), JSON.stringify({ hash, builtAt: builtAt(output) }));
}
