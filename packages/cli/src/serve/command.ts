import { existsSync, writeFileSync } from "node:fs";
import { CliError, exitCodes } from "../errors.ts";
import { exampleConfig } from "./config/example.ts";
import { loadConfig } from "./config/load.ts";
import { refuseUnsafe } from "./config/safety.ts";
import { makeLogger } from "./logger.ts";
import { Standalone } from "./standalone.ts";
import type { World } from "../terminal/world.ts";
import type { Config } from "./config/types.ts";

export interface ServeFlags {
  init?: boolean;
  printConfig?: boolean;
  port?: number;
  host?: string;
}

/** `hawser serve`. Resolves with the exit code, when it has been stopped. */
export async function serve(
  world: World,
  named: string | undefined,
  flags: ServeFlags,
): Promise<number> {
  if (flags.init) return init(world, named ?? "hawser.yaml");
  const { config: read, file } = await loadConfig(named, world.env);
  const config: Config = {
    ...read,
    ...(flags.port !== undefined && { port: flags.port }),
    ...(flags.host !== undefined && { host: flags.host }),
  };
  if (flags.printConfig) {
    world.stdout.write(`${JSON.stringify(hidden(config), null, 2)}\n`);
    return exitCodes.ok;
  }
  refuseUnsafe(config);
  const log = makeLogger({
    level: config.log.level,
    format: config.log.format ?? (world.stdout.isTTY ? "pretty" : "json"),
    colours: world.colours,
    write: (line) => void world.stdout.write(`${line}\n`),
  });
  const server = await Standalone.start(config, log);
  const { address, port } = server.address;
  const host = address.includes(":") ? `[${address}]` : address;
  log.info("listening", {
    url: `http://${host}:${port}`,
    config: file ?? "none",
    auth: config.auth.type,
  });
  await stopped(world.interrupted);
  log.info("stopping");
  await server.stop();
  log.info("stopped");
  return exitCodes.ok;
}

function init(world: World, file: string): number {
  if (existsSync(file)) throw new CliError("usage", `${file} is there already`);
  writeFileSync(file, exampleConfig, { flag: "wx" });
  world.stdout.write(`${file} is written; start it with: hawser serve ${file}\n`);
  return exitCodes.ok;
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

const secretNames = new Set(["secret"]);

/** The config without what must not be printed: secrets, and tokens that stand for themselves. */
function hidden(value: unknown, name = ""): unknown {
  if (secretNames.has(name)) return "…";
  if (Array.isArray(value)) return value.map((it) => hidden(it));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (name === "tokens") {
    return Object.fromEntries(
      entries.map(([token, it], i) => [token.startsWith("sha256:") ? token : `… (${i + 1})`, it]),
    );
  }
  return Object.fromEntries(entries.map(([key, it]) => [key, hidden(it, key)]));
}
