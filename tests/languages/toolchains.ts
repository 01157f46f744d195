// What the clients in other languages are built with: found, never installed here (`npm run languages -- --all` does).
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { testsRoot } from "../src/support/fixtures.ts";

/** One client: where its source is, what it needs, how it is built and run. */
export interface Language {
  name: string;
  /** In examples/clients. */
  source: string;
  /** Packages of Debian that it needs. */
  debian: string[];
  /** Those that are unpacked for cargo from the next release of Debian. */
  crates?: string[];
  /** Commands in PATH, and files: with all of them there it must build. */
  needs: string[];
  env?: Record<string, string>;
  build?: string[][];
  run: string[];
  /** How it takes part; a plain WebSocket when absent. */
  over?: "sse";
  /** Its compiler takes so long that only `--all` builds it. */
  slow?: true;
  /** A short one, which loses what is typed while it has no connection. */
  short?: true;
}

export const clientsFolder: string = join(testsRoot, "..", "examples", "clients");
const cache = join(testsRoot, "..", "node_modules", ".cache", "hawser", "languages");
const out = join(cache, "out");
const buildMs = 240_000;

export const languages: readonly Language[] = (
  JSON.parse(readFileSync(join(testsRoot, "languages", "languages.json"), "utf8")) as Language[]
).map((language) => filled(language, language) as Language);

/** With the names of folders in place of {out} and the like. */
function filled(value: unknown, { source }: Language): unknown {
  const folders: Record<string, string> = {
    source: join(clientsFolder, source),
    clients: clientsFolder,
    crates: join(cache, "crates"),
    out,
  };
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === "string"
      ? item.replaceAll(/\{(\w+)\}/g, (whole, name: string) => folders[name] ?? whole)
      : item,
  );
}

function isThere(need: string): boolean {
  if (isAbsolute(need)) return existsSync(need);
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, need)));
}

/** Why a client cannot be built on this machine, or false when it can. */
export function whyNot({ needs, debian }: Language): string | false {
  const absent = needs.filter((need) => !isThere(need));
  return absent.length === 0
    ? false
    : `there is no ${absent.join(", no ")} (Debian: ${debian.join(", ")})`;
}

/** Why a client cannot be run here, or false when it can. */
export function skipOf(language: Language): string | false {
  const why = whyNot(language);
  if (why !== false) return `not built: ${why}`;
  if (language.slow && !isBuilt(language)) return "not built: npm run languages -- --all does it";
  return false;
}

export const envOf = ({ env }: Language): NodeJS.ProcessEnv => ({ ...process.env, ...env });

const markOf = ({ name }: Language): string => join(out, `${name}.built`);

/** What a build is made of. */
function stateOf(language: Language): string {
  const source = readFileSync(join(clientsFolder, language.source));
  return createHash("sha256").update(JSON.stringify(language)).update(source).digest("hex");
}

export function isBuilt(language: Language): boolean {
  const mark = markOf(language);
  return existsSync(mark) && readFileSync(mark, "utf8") === stateOf(language);
}

/** Builds a client unless that is done already, and throws with what the compiler says. */
export async function build(language: Language): Promise<void> {
  if (isBuilt(language)) return;
  mkdirSync(out, { recursive: true });
  for (const [command, ...args] of language.build ?? []) {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(command!, args, { env: envOf(language), timeout: buildMs });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
      }
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0) resolve();
        else reject(new Error(`${language.name}: ${command} ended with ${code}\n${said}`));
      });
    });
  }
  writeFileSync(markOf(language), stateOf(language));
}
