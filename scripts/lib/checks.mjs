// A list of named checks: runs each, prints a line for each, counts.
import { line } from "./counts.mjs";
import { seconds } from "./say.mjs";

export class Checks {
  #passed = 0;
  #failed = 0;

  /** `work` returns nothing when all is well, or what is wrong; a throw is a failure too. */
  async check(name, work) {
    const started = performance.now();
    let wrong;
    try {
      wrong = await work();
    } catch (error) {
      wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const ok = wrong === undefined || wrong === "";
    if (ok) this.#passed += 1;
    else this.#failed += 1;
    console.log(`${ok ? "ok  " : "FAIL"} ${name} (${seconds(performance.now() - started)})`);
    if (!ok) console.log(String(wrong).trimEnd().replaceAll(/^/gm, "     "));
  }

  /** Prints the closing line and sets the exit code. */
  close() {
    console.log(line({ passed: this.#passed, failed: this.#failed, skipped: 0 }));
    if (this.#failed > 0) process.exitCode = 1;
  }
}

/** Runs a tool for a check: its output is what is wrong when it fails. */
export async function outputIfFailed(result) {
  const { code, output, timedOut } = await result;
  if (code === 0) return undefined;
  return `${output.trim() || "no output"}\n(exit code ${code}${timedOut ? ", time-out" : ""})`;
}
