import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What one run of the playground needs to know. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Path of the SQLite file; its folder is made when missing. */
  readonly database: string;
  /** Pages on this computer may kill the server, to see that nothing gets lost. */
  readonly kill: boolean;
}

/** A flag or environment variable that cannot be used; the text is for the person at the keyboard. */
export class ConfigError extends Error {}

export const usage = `Usage: npm start -- [options]

  --port <number>   port to listen on        (or PORT, default 3000; 0 takes a free one)
  --host <address>  address to listen on     (or HOST, default 127.0.0.1: this computer only;
                                              0.0.0.0 lets your network in)
  --db <file>       where messages are kept  (or PLAYGROUND_DB, default apps/playground/data/chat.db)
  --no-kill         no button that kills the server (or PLAYGROUND_KILL=off)
  --help            this text
`;

const defaultDatabase = fileURLToPath(new URL("../data/chat.db", import.meta.url));

/** Reads flags first, then the environment. Returns "help" when that was asked for. Throws ConfigError. */
export function readConfig(
  args: readonly string[],
  env: Record<string, string | undefined>,
): Config | "help" {
  const flags = readFlags(args);
  if (flags.help === true) return "help";
  return {
    port: readPort(flags.port ?? (env["PORT"] || "3000")),
    host: flags.host ?? (env["HOST"] || "127.0.0.1"),
    // npm moves to the package's folder; a path means what it meant where the person typed it.
    database: resolve(env["INIT_CWD"] ?? "", flags.db ?? (env["PLAYGROUND_DB"] || defaultDatabase)),
    kill: flags["no-kill"] !== true && env["PLAYGROUND_KILL"] !== "off",
  };
}

interface Flags {
  port?: string | undefined;
  host?: string | undefined;
  db?: string | undefined;
  "no-kill"?: boolean | undefined;
  help?: boolean | undefined;
}

function readFlags(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", short: "p" },
        host: { type: "string" },
        db: { type: "string" },
        "no-kill": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n\n${usage}`);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new ConfigError(`The port must be a number from 0 to 65535, but is "${text}".`);
  }
  return port;
}
