import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const { resolve } = createRequire(import.meta.url);

/** The licences of packages that a bundle contains, as a comment that minifiers keep. */
export function notices(packages: readonly string[]): string {
  const texts = packages.map((name) => {
    const licence = join(dirname(resolve(`${name}/package.json`)), "LICENSE");
    return `${name}\n\n${readFileSync(licence, "utf8").trim()}`;
  });
  return `/*! This file contains:\n\n${texts.join("\n\n")}\n*/`;
}
