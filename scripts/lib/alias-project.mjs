// A project in which `socket.io` and `socket.io-client` are Hawser's, as an npm alias makes them, and other people's
// packages are what their authors published.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { toolEnv } from "./node.mjs";
import { pack } from "./packed.mjs";
import { fromRoot } from "./paths.mjs";
import { must } from "./run.mjs";
import { timed } from "./say.mjs";

const installTimeoutMs = 240_000;

/** What the installed packages were made of. */
function hashOfInputs(source, packed) {
  const hash = createHash("sha256");
  for (const name of ["package.json", "package-lock.json"])
    hash.update(readFileSync(join(source, name)));
  for (const name of readdirSync(packed).toSorted()) hash.update(readFileSync(join(packed, name)));
  return hash.digest("hex");
}

function isFresh(project, installed, hash) {
  return (
    existsSync(installed) &&
    existsSync(join(project, "node_modules")) &&
    readFileSync(installed, "utf8") === hash
  );
}

/** Makes the project of a folder of `tests`, or brings it up to date; resolves with the test files in it. */
export async function prepareAliasProject(folder) {
  const source = fromRoot("tests", folder);
  // Not below node_modules, where Node does not look into files for types and tools ignore them.
  const project = fromRoot("tests", ".cache", folder);
  const packed = join(project, "packed");
  const installed = join(project, "installed");
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  for (const { name, tarball } of await pack(packed)) {
    renameSync(tarball, join(packed, `${name.replace("@", "").replace("/", "-")}.tgz`));
  }
  const files = readdirSync(source);
  for (const name of files) cpSync(join(source, name), join(project, name), { recursive: true });
  const hash = hashOfInputs(source, packed);
  if (!isFresh(project, installed, hash)) {
    rmSync(join(project, "node_modules"), { recursive: true, force: true });
    // The lock says nothing of our own packages: their dependencies are read from the tarballs.
    const npm = ["install", "--no-fund", "--no-audit", "--prefer-offline", "--ignore-scripts"];
    await timed("installing other people's packages over an alias", () =>
      must("installing them (from the registry, or npm's cache of it)", "npm", npm, {
        cwd: project,
        env: toolEnv(),
        timeoutMs: installTimeoutMs,
        quiet: true,
      }),
    );
    writeFileSync(installed, hash);
  }
  return files.filter((name) => name.endsWith(".test.mjs")).map((name) => join(project, name));
}
