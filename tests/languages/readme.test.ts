// The table of examples/clients, against what the tests build.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { clientsFolder, languages } from "./toolchains.ts";

const read = (name: string): string => readFileSync(join(clientsFolder, name), "utf8");

it("the README lists every client, what it is built with, and how long it is", () => {
  const rows = read("README.md").split("\n");
  for (const { name, source, debian, crates } of languages) {
    const row = rows.find((line) => line.startsWith(`| [${name}](${source})`)) ?? "";
    const packages = crates === undefined ? debian.join(" ") : "cargo";
    assert.ok(row.includes(`\`${packages}\``), `${name}: a row with ${packages}`);
    const lines = read(source).split("\n").length - 1;
    assert.ok(row.endsWith(`| ${lines} |`), `${name} has ${lines} lines: ${row}`);
  }
});

it("the device is below 200 lines", () => {
  assert.ok(read("device.c").split("\n").length - 1 < 200);
});
