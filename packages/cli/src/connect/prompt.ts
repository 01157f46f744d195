import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { clearLine, createInterface, cursorTo } from "node:readline";
import { limits } from "../limits.ts";
import type { Interface } from "node:readline";
import type { World } from "../terminal/world.ts";

/** Where lines are remembered: `HAWSER_HISTORY`, which may be empty for nowhere, or the usual place for such files. */
export function historyFile(env: NodeJS.ProcessEnv): string | undefined {
  const named = env["HAWSER_HISTORY"];
  if (named !== undefined) return named === "" ? undefined : named;
  const folder = env["XDG_STATE_HOME"] || join(env["HOME"] || homedir(), ".local", "state");
  return join(folder, "hawser", "history");
}

/** A line to type in, with a history, below what is printed. */
export class Prompt {
  readonly #interface: Interface;
  readonly #world: World;
  readonly #file: string | undefined;

  constructor(world: World, onLine: (line: string) => void, onEnd: (isInterrupt: boolean) => void) {
    this.#world = world;
    this.#file = historyFile(world.env);
    this.#interface = createInterface({
      input: world.stdin,
      output: world.stdout,
      prompt: world.colours.dim("> "),
      history: this.#read(),
      historySize: limits.historyLines,
      removeHistoryDuplicates: true,
    });
    this.#interface.on("line", (line) => {
      onLine(line);
      this.#interface.prompt();
    });
    this.#interface.on("history", (lines: string[]) => this.#write(lines));
    this.#interface.on("SIGINT", () => onEnd(true));
    this.#interface.on("close", () => onEnd(false));
  }

  show(): void {
    this.#interface.prompt();
  }

  /** Prints above the line that is being typed. */
  print(text: string): void {
    const { stdout } = this.#world;
    cursorTo(stdout, 0);
    clearLine(stdout, 0);
    stdout.write(`${text}\n`);
    this.#interface.prompt(true);
  }

  close(): void {
    const { stdout } = this.#world;
    this.#interface.removeAllListeners("close");
    this.#interface.close();
    cursorTo(stdout, 0);
    clearLine(stdout, 0);
  }

  #read(): string[] {
    if (this.#file === undefined) return [];
    try {
      return readFileSync(this.#file, "utf8").split("\n").filter(Boolean).toReversed();
    } catch {
      return [];
    }
  }

  /** For its owner's eyes; a history that cannot be written is none. */
  #write(lines: readonly string[]): void {
    if (this.#file === undefined) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(this.#file, `${lines.toReversed().join("\n")}\n`, { mode: 0o600 });
      chmodSync(this.#file, 0o600);
    } catch {
      // The program is no worse without.
    }
  }
}
