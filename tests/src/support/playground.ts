// The playground as npm start runs it: a process of its own, on a free port, with a database of its own.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { testsRoot } from "./fixtures.ts";
import { next, within } from "./wait.ts";

const startMs = 60_000;
const repository = dirname(testsRoot);

/** What starts it: its server alone, or the start command with its checks. */
export type Entry = "apps/playground/server/main.ts" | "scripts/start.mjs";

export class Playground {
  readonly #entry: Entry;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "hawser-playground-"));
  #process: ChildProcess | undefined;
  #port = 0;
  #output = "";

  constructor(entry: Entry = "apps/playground/server/main.ts") {
    this.#entry = entry;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Starts it, again on the same port and the same database. */
  async start(): Promise<void> {
    this.#output = "";
    const args = ["--port", String(this.#port), "--db", join(this.#folder, "chat.db")];
    const child = spawn(process.execPath, [join(repository, this.#entry), ...args], {
      cwd: repository,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const ready = new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer): void => {
        this.#output += chunk.toString();
        const found = /ready:\s+http:\/\/[^:]+:(\d+)/.exec(this.#output);
        if (found === null) return;
        this.#port = Number(found[1]);
        resolve();
      };
      child.stdout?.on("data", take);
      child.stderr?.on("data", take);
      child.once("exit", () => reject(new Error(`the playground ended: ${this.#output}`)));
    });
    await within("the playground is ready", ready, startMs);
  }

  /** Ends it; its exit code, or the name of the signal that ended it. */
  async stop(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | undefined> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return undefined;
    const exited = next<[number | null, NodeJS.Signals]>(child, "exit", 20_000);
    child.kill(signal);
    const [code, killedBy] = await exited;
    return code ?? killedBy;
  }

  /** While it is stopped: throws away the log of messages, so that there is a gap that nothing fills. */
  loseMessages(): void {
    for (const name of readdirSync(this.#folder)) {
      if (name.startsWith("chat.messages.db")) rmSync(join(this.#folder, name));
    }
  }

  async end(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
