// A child process that talks in JSON lines. It is ended by its pid when the test ends.
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { within } from "./wait.ts";

const endMs = 3_000;

type Json = Record<string, unknown>;

export class Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly #lines: Json[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #exited: Promise<void>;
  #errors = "";

  constructor(command: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env });
    this.process.stderr.setEncoding("utf8").on("data", (chunk: string) => (this.#errors += chunk));
    // A child that has ended already does not read any more.
    this.process.stdin.on("error", () => undefined);
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      this.#lines.push(JSON.parse(line) as Json);
      for (const wake of this.#waiting) wake();
    });
    this.#exited = new Promise((resolve) => this.process.once("exit", () => resolve()));
  }

  get alive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** What it has written to stderr. */
  get errors(): string {
    return this.#errors;
  }

  send(line: Json): void {
    this.process.stdin.write(`${JSON.stringify(line)}\n`);
  }

  /** Takes the first line, past or coming, for which `matches` holds. */
  async line(what: string, matches: (line: Json) => boolean): Promise<Json> {
    let wake = (): void => undefined;
    const found = new Promise<Json>((resolve) => {
      wake = () => {
        const index = this.#lines.findIndex(matches);
        if (index === -1) return;
        // Off at once: the next line that matches is for somebody else.
        this.#waiting.delete(wake);
        resolve(this.#lines.splice(index, 1)[0] as Json);
      };
      this.#waiting.add(wake);
      wake();
    });
    try {
      return await within(what, found);
    } catch (error) {
      throw new Error(`${String(error)}; stderr: ${this.#errors.slice(-2_000)}`, { cause: error });
    } finally {
      this.#waiting.delete(wake);
    }
  }

  /** Ends it by its pid, and waits until it is gone. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (!this.alive) return;
    this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill("SIGKILL"), endMs);
    await this.#exited;
    clearTimeout(timer);
  }
}
