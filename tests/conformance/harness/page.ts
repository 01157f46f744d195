// docs/compatibility.md: the prose of page.template.md, with what the cases say of themselves.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { testsRoot } from "../../src/support/fixtures.ts";
import { sections } from "../cases/sections.ts";
import { jobs } from "./jobs.ts";
import { pairingsOf } from "./judge.ts";
import type { Difference, Section } from "./case.ts";

const documentation = "https://socket.io/docs/v4/";
const template = join(testsRoot, "conformance", "page.template.md");
const page = join(dirname(testsRoot), "docs", "compatibility.md");

/** Sections of the same title are one. */
function byTitle(): Map<string, Section[]> {
  const groups = new Map<string, Section[]>();
  for (const section of sections) {
    groups.set(section.title, [...(groups.get(section.title) ?? []), section]);
  }
  return groups;
}

const casesOf = (group: readonly Section[]) => group.flatMap(({ cases }) => Object.values(cases));
const differencesOf = (group: readonly Section[]): Difference[] =>
  casesOf(group).flatMap(({ differs }) => differs ?? []);

/** Several cases may show the same difference. */
function once(differences: readonly Difference[]): Difference[] {
  const seen = new Set<string>();
  return differences.filter(({ what }) => !seen.has(what) && seen.add(what));
}

function matrix(): string {
  const rows = [...byTitle()].map(([title, group]) => {
    const differences = once(differencesOf(group)).length;
    const link = `[${title}](${documentation}${group[0]!.page})`;
    return `| ${link} | ${casesOf(group).length} | ${differences || ""} |`;
  });
  const played = jobs.reduce((sum, { given }) => sum + pairingsOf(given).length, 0);
  return [
    `The test command plays ${casesOf(sections).length} cases with npm \`socket.io\` and \`socket.io-client\` 4.8 on both sides, and plays them again with Hawser as the`,
    `server, as the client, and as both, over polling, websocket, and polling upgraded: ${played} comparisons. What a user can observe must be`,
    "the same: values, orders, reasons, texts of errors. The differences are those below.",
    "",
    "| section of Socket.IO's documentation | cases | differences |",
    "|---|---:|---:|",
    ...rows,
  ].join("\n");
}

function differences(): string {
  const rows = once(differencesOf(sections)).map(
    ({ what, socketIo, hawser, why }) => `| ${what} | ${socketIo} | ${hawser} | ${why} |`,
  );
  return ["| | Socket.IO | Hawser | why |", "|---|---|---|---|", ...rows].join("\n");
}

function wanted(): string {
  const text = readFileSync(template, "utf8")
    .replace("<!-- the matrix -->", matrix())
    .replace("<!-- the differences -->", differences());
  return `<!-- written by tests/conformance/page.ts from page.template.md and the cases -->\n${text}`;
}

export const writePage = (): void => writeFileSync(page, wanted());

/** What is wrong with the page as it is, if anything. */
export function stalePage(): string | undefined {
  if (readFileSync(page, "utf8") === wanted()) return undefined;
  return "docs/compatibility.md is not what the cases say: node tests/conformance/page.ts";
}
