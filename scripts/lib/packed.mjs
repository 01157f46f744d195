// The published packages as npm would publish them.
import { basename, join } from "node:path";
import { toolEnv } from "./node.mjs";
import { fromRoot, packages } from "./paths.mjs";
import { must } from "./run.mjs";

const packTimeoutMs = 120_000;

/** Packs all packages into a folder; resolves with name, tarball, and the files in it, for each. */
export async function pack(destination) {
  const folders = packages.map((name) => `./packages/${name}`);
  const args = ["pack", "--json", "--pack-destination", destination, ...folders];
  const { output } = await must("packing the packages", "npm", args, {
    cwd: fromRoot(),
    env: toolEnv(),
    timeoutMs: packTimeoutMs,
    quiet: true,
  });
  const parsed = JSON.parse(output.slice(output.search(/^[[{]/m)));
  return Object.values(parsed).map(({ name, filename, files }) => ({
    name,
    tarball: join(destination, basename(filename)),
    files: files.map((file) => file.path),
  }));
}
