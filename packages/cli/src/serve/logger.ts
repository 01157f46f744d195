import type { Colours } from "../terminal/colours.ts";
import { clockText } from "../terminal/printer.ts";
import { printable } from "../terminal/values.ts";

const levels = ["debug", "info", "warn", "error", "silent"] as const;
export type Level = (typeof levels)[number];
type Write = (text: string, fields?: Record<string, unknown>) => void;

/** One line per event: JSON for machines, coloured text for people. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export interface LoggerOptions {
  readonly level: Level;
  readonly format: "json" | "pretty";
  readonly colours: Colours;
  readonly write: (line: string) => void;
}

export function makeLogger({ level, format, colours: c, write }: LoggerOptions): Logger {
  const tones = { debug: c.dim, info: c.green, warn: c.yellow, error: c.red };
  const at =
    (mine: Exclude<Level, "silent">): Write =>
    (text, fields = {}) => {
      if (levels.indexOf(mine) < levels.indexOf(level)) return;
      const now = new Date();
      if (format === "json") {
        write(JSON.stringify({ time: now.toISOString(), level: mine, msg: text, ...fields }));
        return;
      }
      const rest = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(
          ([name, value]) =>
            ` ${c.dim(`${name}=`)}${printable(typeof value === "string" ? value : JSON.stringify(value))}`,
        );
      write(
        `${c.dim(clockText(now))} ${tones[mine](mine.padEnd(5))} ${printable(text)}${rest.join("")}`,
      );
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
