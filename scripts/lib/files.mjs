// Looks at every file that is, or could be, committed.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";

const linesMax = 500;
const textBytesMax = 2_000_000;
const source = new Set([
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".js",
  ".mjs",
  ".cjs",
  ".css",
  ".py",
  ".sh",
]);

// Home folders of people and machines, and where packages were fetched from.
const machinePath =
  /(?:^|[\s"'`(=:])(?:file:\/\/)?\/(?:root|home\/[\w.-]{2,}|Users\/[\w.-]{2,})\/|[A-Z]:\\Users\\/m;
const registry = /registry\.npmjs\.org|deb\.debian\.org/;

function complaintsAbout(name, text, root) {
  const complaints = [];
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  if (source.has(extname(name)) && lines > linesMax) {
    complaints.push(`${name}: ${lines} lines, at most ${linesMax}`);
  }
  const found = machinePath.exec(text)?.[0] ?? (text.includes(`${root}/`) ? root : undefined);
  if (found) complaints.push(`${name}: path of a machine: ${found.trim()}`);
  if (registry.test(text)) complaints.push(`${name}: host of a package registry`);
  return complaints;
}

/** What is wrong with the files of the repository at `root`, one line each; empty when all is well. */
export function brokenFiles(root) {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 64_000_000,
    },
  );
  const complaints = [];
  for (const name of new Set(listed.split("\0"))) {
    const path = join(root, name);
    if (name === "" || !existsSync(path) || statSync(path).size > textBytesMax) continue;
    const bytes = readFileSync(path);
    if (bytes.includes(0)) continue;
    complaints.push(...complaintsAbout(name, bytes.toString("utf8"), root));
  }
  return complaints.join("\n");
}
