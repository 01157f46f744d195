// The server has one core to itself and the generator another, of those that this process may use.
import { readFileSync } from "node:fs";

function allowedCores() {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1];
  return list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

const allowed = allowedCores();

export const serverCore = allowed[0];
export const generatorCore = allowed.at(-1);
export const pinned = serverCore !== generatorCore;

/** The words that put a command on a core; with one core only there is nothing to choose. */
export function onCore(core, words) {
  return pinned ? ["taskset", "-c", String(core), ...words] : words;
}
