// Folders for what bundlers write; gone with the process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function scratch(name) {
  const folder = mkdtempSync(join(tmpdir(), `hawser-${name}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
