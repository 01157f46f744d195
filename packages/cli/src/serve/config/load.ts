import { existsSync, readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError, textOf } from "../../errors.ts";
import { checkConfig } from "./check.ts";
import type { Config } from "./types.ts";

/** Where it is looked for when none is named. */
export const usualNames: readonly string[] = [
  "hawser.yaml",
  "hawser.yml",
  "hawser.json",
  "hawser.config.js",
  "hawser.config.mjs",
];

/** Reads a config: YAML, JSON, or a module whose default export it is. @throws CliError */
export async function loadConfig(
  named: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ config: Config; file: string | undefined }> {
  const file = named ?? usualNames.find((it) => existsSync(it));
  if (file === undefined) return { config: checkConfig({}, "the default"), file };
  if (!existsSync(file)) {
    throw new CliError("usage", `${file} is not there`, "`hawser serve --init` writes one.");
  }
  return { config: checkConfig(withEnvironment(await read(file), env, file), file), file };
}

async function read(file: string): Promise<unknown> {
  const kind = extname(file);
  try {
    if (kind === ".js" || kind === ".mjs" || kind === ".cjs") {
      const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown };
      const made =
        typeof module.default === "function" ? (module.default as () => unknown)() : module.default;
      return await made;
    }
    const text = readFileSync(file, "utf8");
    if (kind === ".json") return JSON.parse(text);
    const { parse } = await import("yaml");
    return parse(text, { prettyErrors: true });
  } catch (error) {
    throw new CliError("usage", `${file} cannot be read: ${textOf(error)}`);
  }
}

/** `${NAME}` in a text is a variable of the environment, so that secrets need not stand in the file. */
function withEnvironment(value: unknown, env: NodeJS.ProcessEnv, file: string): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (_all, name: string) => {
      const found = env[name];
      if (found === undefined) {
        throw new CliError("usage", `${file}: the environment has no ${name}`);
      }
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((it) => withEnvironment(it, env, file));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [key, withEnvironment(it, env, file)]),
  );
}
