// A strict project in TypeScript, as its authors wrote it: what compiles with npm's types compiles with ours, and what
// is marked as wrong there is wrong here.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, it } from "node:test";
import { aliased, originals, typeProject } from "./support/peers.mjs";

const require = createRequire(import.meta.url);
/** Compilers want both cores, and may not have them. */
const compileMs = 100_000;
const everywhere = ["server.ts", "client.ts", "augmented.ts", "engine.ts"];
const compilers = {
  "TypeScript 5": require.resolve("typescript-5/bin/tsc"),
  "TypeScript 7": join(require.resolve("typescript/package.json"), "..", "bin", "tsc"),
};

/** Module kind, resolution, the kind of the project, its files, and who can still do it. */
const settings = {
  "the oldest": {
    options: { module: "commonjs", moduleResolution: "node10", esModuleInterop: true },
    kind: "commonjs",
    files: [...everywhere, "deep.ts", "required.cts"],
    compilers: ["TypeScript 5"],
  },
  "Node's, in CommonJS": {
    options: { module: "node16", moduleResolution: "node16", esModuleInterop: true },
    kind: "commonjs",
    files: [...everywhere, "required.cts"],
    compilers: ["TypeScript 5", "TypeScript 7"],
  },
  "Node's, in ESM": {
    options: { module: "nodenext", moduleResolution: "nodenext" },
    kind: "module",
    files: everywhere,
    compilers: ["TypeScript 7"],
  },
  "a bundler's": {
    options: { module: "esnext", moduleResolution: "bundler", noUncheckedIndexedAccess: true },
    kind: "commonjs",
    files: everywhere,
    compilers: ["TypeScript 7"],
  },
};

/** Runs a compiler; resolves with what it has to say. */
function compile(program, config) {
  const args = [program, "-p", config, "--pretty", "false"];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: compileMs }, (error, stdout, stderr) => {
      resolve(error === null ? "" : `${stdout}${stderr}` || error.message);
    });
  });
}

for (const [whose, packages] of Object.entries({ npm: originals, Hawser: aliased })) {
  describe(`with the types of ${whose}`, { concurrency: 2, timeout: 4 * compileMs }, () => {
    for (const [name, { options, kind, files, compilers: those }] of Object.entries(settings)) {
      const folder = typeProject(`${whose}-${options.moduleResolution}`, packages, kind);
      const config = join(folder, "tsconfig.json");
      const common = { strict: true, noEmit: true, target: "ES2022", lib: ["ES2023", "DOM"] };
      const compilerOptions = { ...common, types: ["node"], ...options };
      writeFileSync(config, JSON.stringify({ compilerOptions, files }));
      for (const compiler of those) {
        // Once is enough to know that the project is right.
        if (packages === originals && compiler !== those.at(-1)) continue;
        it(
          `${compiler} compiles it under ${name} resolution of modules`,
          { timeout: compileMs },
          async () => {
            assert.equal(await compile(compilers[compiler], config), "");
          },
        );
      }
    }
  });
}
