import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// In memory where there is such a place: what is tested is the file, not the disk.
const shared = "/dev/shm";

/** The folder of this process. */
export const folder: string = mkdtempSync(
  join(existsSync(shared) ? shared : tmpdir(), "hawser-log-"),
);

export function removeFiles(): void {
  rmSync(folder, { recursive: true, force: true });
}

let files = 0;

export function freshPath(): string {
  return join(folder, `${files++}.db`);
}
