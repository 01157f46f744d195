// npm run types: the compiler over every tsconfig of the workspace.
import { existsSync, readdirSync } from "node:fs";
import { Checks, outputIfFailed } from "./lib/checks.mjs";
import { toolEnv } from "./lib/node.mjs";
import { fromRoot, packages } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const typesTimeoutMs = 120_000;
const folders = [
  ...packages.map((name) => `packages/${name}`),
  "apps/playground",
  "tests",
  "bench",
];

const checks = new Checks();
for (const folder of folders) {
  if (!existsSync(fromRoot(folder))) continue;
  const projects = readdirSync(fromRoot(folder)).filter((name) =>
    /^tsconfig(\..+)?\.json$/.test(name),
  );
  for (const project of projects) {
    await checks.check(`${folder}/${project}`, () =>
      outputIfFailed(
        run("tsc", ["-p", `${folder}/${project}`, "--noEmit", "--pretty", "false"], {
          cwd: fromRoot(),
          env: toolEnv(),
          timeoutMs: typesTimeoutMs,
          quiet: true,
        }),
      ),
    );
  }
}
checks.close();
