// A server and a client in one file for Node, as serverless and single-file deployments bundle them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expected } from "./support/backend.mjs";
import { bundleForNode } from "./support/bundles.mjs";
import { scratch } from "./support/scratch.mjs";

const program = fileURLToPath(new URL("apps/whole.mjs", import.meta.url));

describe("a server, bundled for Node", () => {
  for (const [bundler, format] of [
    ["esbuild", "cjs"],
    ["esbuild", "esm"],
    ["webpack", "cjs"],
  ]) {
    it(`by ${bundler}, as ${format}`, async () => {
      const code = await bundleForNode(bundler, program, format);
      assert.doesNotMatch(code, /require\(["'](?:ws|engine\.io|socket\.io)["']\)/);
      const file = join(scratch("backend"), format === "cjs" ? "a.cjs" : "a.mjs");
      writeFileSync(file, code);
      const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 });
      const found = stdout.trim().split("\n");
      // It has no files of the client beside it, and says so.
      assert.equal(found.pop(), "500");
      assert.deepEqual(
        found.map((line) => JSON.parse(line)),
        [expected("polling"), expected("websocket")],
      );
    });
  }
});
