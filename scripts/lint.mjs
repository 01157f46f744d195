// npm run lint: the linter (with types), the formatter's check, and what neither of them looks at.
import { Checks, outputIfFailed } from "./lib/checks.mjs";
import { brokenFiles } from "./lib/files.mjs";
import { toolEnv } from "./lib/node.mjs";
import { fromRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const lintTimeoutMs = 120_000;
const options = { cwd: fromRoot(), env: toolEnv(), timeoutMs: lintTimeoutMs, quiet: true };

const checks = new Checks();
await checks.check("oxlint", () => outputIfFailed(run("oxlint", ["--deny-warnings"], options)));
await checks.check("oxfmt", () => outputIfFailed(run("oxfmt", ["--check", "."], options)));
await checks.check("files: at most 500 lines, no paths of a machine", () =>
  brokenFiles(fromRoot()),
);
checks.close();
