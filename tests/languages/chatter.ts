// A running client: what it has printed, and a keyboard.
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { until, within } from "../src/support/wait.ts";
import { envOf } from "./toolchains.ts";
import type { Language } from "./toolchains.ts";

type Json = Record<string, unknown>;

const patienceMs = 30_000;

/** Author and text of what was said. */
export type Said = [from: string, text: string];

export class Chatter {
  readonly name: string;
  /** Every message that it has printed. */
  readonly messages: Json[] = [];
  /** What it has heard in the room. */
  readonly chat: Said[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<unknown>;
  #errors = "";

  constructor(language: Language, url: string, token: string, room: string, name: string) {
    this.name = name;
    const [command, ...args] = language.run;
    this.#process = spawn(command!, [...args, url, token, room, name], { env: envOf(language) });
    this.#process.stderr.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
    // One that has ended does not read any more.
    this.#process.stdin.on("error", () => undefined);
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#heard(line));
    this.#exited = once(this.#process, "exit");
  }

  #heard(line: string): void {
    const message = JSON.parse(line) as Json;
    this.messages.push(message);
    if (message["event"] === "chat") this.chat.push(message["data"] as Said);
  }

  get #alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  type(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    try {
      await until(
        `${this.name}: ${what}`,
        () => {
          if (!this.#alive) throw new Error(`${this.name} has ended before: ${what}`);
          return condition();
        },
        patienceMs,
      );
    } catch (error) {
      const last = this.messages.slice(-4).map((message) => JSON.stringify(message));
      throw new Error(`${String(error)}\n${last.join("\n")}\n${this.#errors.slice(-2_000)}`, {
        cause: error,
      });
    }
  }

  hears(from: string, text: string): Promise<void> {
    return this.until(`hears "${text}" from ${from}`, () =>
      this.chat.some((said) => said[0] === from && said[1] === text),
    );
  }

  /** Nothing more is typed, so it ends. The exit code. */
  leaves(): Promise<unknown> {
    this.#process.stdin.end();
    return this.ends();
  }

  /** It ends by itself. The exit code. */
  async ends(): Promise<unknown> {
    await within(`${this.name} ends; ${this.#errors}`, this.#exited, patienceMs);
    return this.#process.exitCode;
  }

  async end(): Promise<void> {
    if (!this.#alive) return;
    this.#process.kill();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 2_000);
    await this.#exited;
    clearTimeout(timer);
  }
}
