// The program `hawser` as a process of its own, as its users run it.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import type { ChildProcessWithoutNullStreams } from "node:child_process";

const manifest = createRequire(import.meta.url).resolve("@hawser/cli/package.json");
/** The file behind the name `hawser`. */
export const programFile: string = join(dirname(manifest), "dist", "main.js");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process of it. */
export class HawserProgram {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  out = "";
  err = "";

  constructor(args: string[], env: Record<string, string> = {}, command = process.execPath) {
    const all = command === process.execPath ? [programFile, ...args] : args;
    const { HAWSER_KEY: _key, HAWSER_TOKEN: _token, NODE_OPTIONS: _options, ...rest } = process.env;
    const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
    this.child = spawn(command, all, {
      env: { ...rest, NO_COLOR: "1", HAWSER_HISTORY: "", PATH: path, ...env },
    });
    this.child.stdout.setEncoding("utf8").on("data", (chunk: string) => (this.out += chunk));
    this.child.stderr.setEncoding("utf8").on("data", (chunk: string) => (this.err += chunk));
    this.child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.on("close", (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }

  /** Says lines, and that there are no more. */
  say(...lines: string[]): this {
    this.child.stdin.end(lines.map((it) => `${it}\n`).join(""));
    return this;
  }

  /** Resolves when it has printed this. */
  async printed(text: string | RegExp): Promise<void> {
    const isThere = (): boolean =>
      typeof text === "string" ? this.out.includes(text) : text.test(this.out);
    if (isThere()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (isThere()) resolve();
      };
      this.child.stdout.on("data", look);
      this.child.on("close", () => {
        if (isThere()) resolve();
        else reject(new Error(`ended without ${String(text)}: ${this.out}${this.err}`));
      });
    });
  }
}

/** Runs it to its end, with lines at its input. */
export function hawser(
  args: string[],
  lines: string[] = [],
  env?: Record<string, string>,
): Promise<Ended> {
  return new HawserProgram(args, env).say(...lines).ended;
}
