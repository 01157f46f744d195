import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { brokenFiles } from "./files.mjs";

describe("files", () => {
  it("finds what is too long, names a machine, or names a registry", (t) => {
    const root = mkdtempSync(join(tmpdir(), "hawser-files-"));
    t.after(() => rmSync(root, { recursive: true, force: true }));
    execFileSync("git", ["init", "-q"], { cwd: root });
    const home = ["", "home", "somebody", "x"].join("/");
    const host = ["registry", "npmjs", "org"].join(".");
    const files = {
      "good.ts": "line\n".repeat(500),
      "long.ts": "line\n".repeat(501),
      "long.md": "line\n".repeat(501),
      "path.md": `see ${home}\n`,
      "here.json": `{"x": "${root}/y"}\n`,
      "lock.json": `{"resolved": "https://${host}/x"}\n`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    const found = brokenFiles(root)
      .split("\n")
      .map((complaint) => complaint.split(":")[0]);
    assert.deepEqual(found.toSorted(), ["here.json", "lock.json", "long.ts", "path.md"]);
  });
});
