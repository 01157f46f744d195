// How many connections one process may hold here.
import { readFileSync } from "node:fs";

const spareFiles = 200;

function hardLimit() {
  const limits = readFileSync("/proc/self/limits", "utf8");
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
}

/** The hard limit of open files, less a few: nobody but root with full rights may raise it. */
export const connectionsMax = hardLimit() - spareFiles;
