// Proves that the floors hold: imports go downwards only, no circles. The rules stand in .oxlintrc.json;
// here each is broken on purpose in a copy of the layout, and the linter must say so.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { fromRoot, packages } from "./lib/paths.mjs";

const lintTimeoutMs = 60_000;

const allowedDependencies = {
  protocol: [],
  websocket: [],
  engine: ["@hawser/protocol", "@hawser/websocket"],
  client: ["@hawser/protocol", "@hawser/websocket"],
  server: ["@hawser/protocol", "@hawser/engine"],
  "log-sqlite": ["@hawser/protocol"],
  cli: ["@hawser/protocol", "@hawser/websocket", "@hawser/client", "hawser"],
};

/** [what is broken, file, import]: every one must be refused. */
const broken = [
  ["protocol imports node:", "packages/protocol/src/a.ts", "node:fs"],
  ["protocol imports a Node builtin without its prefix", "packages/protocol/src/b.ts", "fs"],
  ["protocol imports a package", "packages/protocol/src/c.ts", "some-package"],
  ["protocol imports upwards", "packages/protocol/src/d.ts", "@hawser/engine"],
  ["protocol imports a package in a deep folder", "packages/protocol/src/deep/e.ts", "hawser"],
  ["websocket imports its neighbour", "packages/websocket/src/a.ts", "@hawser/protocol"],
  ["websocket imports upwards", "packages/websocket/src/b.ts", "@hawser/engine/internal"],
  ["engine imports upwards", "packages/engine/src/a.ts", "hawser"],
  ["engine imports the client", "packages/engine/src/b.ts", "@hawser/client"],
  [
    "engine reaches into a package's files",
    "packages/engine/src/c.ts",
    "../../protocol/src/index.ts",
  ],
  ["engine's unit test imports upwards", "packages/engine/src/d.test.ts", "hawser"],
  ["client imports node: in browser code", "packages/client/src/a.ts", "node:net"],
  ["client imports websocket in browser code", "packages/client/src/b.ts", "@hawser/websocket"],
  ["client imports upwards in Node code", "packages/client/src/node/c.ts", "hawser"],
  ["server imports the client", "packages/server/src/a.ts", "@hawser/client"],
  ["server skips a floor", "packages/server/src/b.ts", "@hawser/websocket/internal"],
  ["server imports another package", "packages/server/src/c.ts", "valibot"],
  ["a log imports the engine", "packages/log-sqlite/src/a.ts", "@hawser/engine"],
  ["a log imports what is internal", "packages/log-sqlite/src/b.ts", "hawser/internal"],
  ["a log imports another package", "packages/log-sqlite/src/c.ts", "some-package"],
  ["the command line imports what is internal", "packages/cli/src/a.ts", "hawser/internal"],
  ["the command line skips to the engine", "packages/cli/src/b.ts", "@hawser/engine"],
  ["an app imports what is internal", "apps/playground/server/a.ts", "hawser/internal"],
  [
    "an app reaches into a package's files",
    "apps/playground/server/b.ts",
    "../../../packages/server/src/index.ts",
  ],
  ["a benchmark imports what is internal", "bench/src/a.ts", "@hawser/engine/internal"],
];

/** What the plan allows, so that the check is known not to refuse everything. */
const allowed = [
  ["packages/websocket/src/ok.ts", "node:net"],
  ["packages/engine/src/ok.ts", "@hawser/websocket/internal"],
  ["packages/engine/src/ok2.ts", "node:http"],
  ["packages/engine/src/ok.test.ts", "vitest"],
  ["packages/client/src/ok.ts", "@hawser/protocol"],
  ["packages/client/src/transports/ok.node.ts", "@hawser/websocket"],
  ["packages/server/src/ok.ts", "@hawser/engine"],
  ["packages/server/src/deep/ok.ts", "../ok.ts"],
  ["packages/server/src/http/publish/ok.ts", "valibot"],
  ["packages/log-sqlite/src/ok.ts", "hawser"],
  ["packages/log-sqlite/src/ok2.ts", "node:worker_threads"],
  ["packages/cli/src/ok.ts", "hawser"],
  ["packages/cli/src/ok2.ts", "@hawser/client/durable"],
  ["apps/playground/server/ok.ts", "hawser"],
];

let folder;
/** The linter's complaints about the copy, by file. */
const complaints = new Map();

function write(file, text) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function lint() {
  const result = await promisify(execFile)(
    fromRoot("node_modules", ".bin", "oxlint"),
    ["--format=json", "."],
    // Its exit code is not 0, since it finds what was seeded.
    { cwd: folder, timeout: lintTimeoutMs, maxBuffer: 64_000_000 },
  ).catch((error) => error);
  for (const { filename, code } of JSON.parse(result.stdout).diagnostics) {
    complaints.set(filename, [...(complaints.get(filename) ?? []), code]);
  }
}

const codesOf = (file) => complaints.get(file) ?? [];

describe("floors", () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "hawser-floors-"));
    copyFileSync(fromRoot(".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    for (const [, file, from] of broken)
      write(file, `import * as it from "${from}";\nconsole.log(it);\n`);
    for (const [file, from] of allowed)
      write(file, `import * as it from "${from}";\nconsole.log(it);\n`);
    write(
      "packages/engine/src/ring/one.ts",
      'import { two } from "./two.ts";\nexport const one = () => two;\n',
    );
    write(
      "packages/engine/src/ring/two.ts",
      'import { one } from "./one.ts";\nexport const two = () => one;\n',
    );
    write("packages/engine/src/dynamic.ts", 'export const it = await import("hawser");\n');
    write("packages/engine/src/reexport.ts", 'export * from "hawser";\n');
    write(
      "packages/engine/src/type-only.ts",
      'import type { Server } from "hawser";\nexport type It = Server;\n',
    );
    await lint();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [what, file] of broken) {
    it(`refuses: ${what}`, () => {
      assert.ok(codesOf(file).includes("eslint(no-restricted-imports)"), String(codesOf(file)));
    });
  }

  for (const form of ["dynamic", "reexport", "type-only"]) {
    it(`refuses an upward import whatever its form: ${form}`, () => {
      const codes = codesOf(`packages/engine/src/${form}.ts`);
      assert.ok(codes.includes("eslint(no-restricted-imports)"), String(codes));
    });
  }

  it("refuses a circle", () => {
    const codes = codesOf("packages/engine/src/ring/one.ts");
    assert.ok(codes.includes("import(no-cycle)"), String(codes));
  });

  for (const [file, from] of allowed) {
    it(`allows ${from} in ${file}`, () => {
      assert.ok(!codesOf(file).includes("eslint(no-restricted-imports)"), String(codesOf(file)));
    });
  }

  for (const name of packages) {
    it(`the manifest of ${name} depends downwards only`, () => {
      const manifest = JSON.parse(readFileSync(fromRoot("packages", name, "package.json"), "utf8"));
      const own = Object.keys(manifest.dependencies ?? {}).filter((it) => /^@?hawser/.test(it));
      assert.deepEqual(
        own.filter((it) => !allowedDependencies[name].includes(it)),
        [],
      );
    });
  }
});
