// Figures go into README.md between two comments that bear the name of the run, so that no hand copies them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const readme = join(import.meta.dirname, "../README.md");

export function replaceBetween(text, name, content) {
  const begin = `<!-- figures: ${name} -->`;
  const end = `<!-- end: ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`README.md has no place for "${name}": ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

export function publish(name, summary) {
  writeFileSync(readme, replaceBetween(readFileSync(readme, "utf8"), name, summary));
}
