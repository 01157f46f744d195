// Runs one child process to its end: output passed through, time bounded, ended with its own children.
import { spawn } from "node:child_process";

const killGraceMs = 5_000;

/**
 * Runs a command and resolves with how it ended; never rejects because of the child.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, quiet?: boolean }} options
 *   `quiet` keeps the output back; it is in the result either way.
 * @returns {Promise<{ code: number, output: string, timedOut: boolean, ms: number }>}
 */
export function run(command, args, options = {}) {
  const started = performance.now();
  return new Promise((resolve) => {
    let output = "";
    let timedOut = false;
    // A group of its own, so that a time-out ends what the child has started too.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const take = (sink) => (chunk) => {
      output += chunk;
      if (!options.quiet) sink.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take(process.stdout));
    child.stderr.setEncoding("utf8").on("data", take(process.stderr));

    const signalGroup = (signal) => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // Gone already.
      }
    };
    let killTimer;
    const timer = setTimeout(() => {
      timedOut = true;
      signalGroup("SIGTERM");
      killTimer = setTimeout(() => signalGroup("SIGKILL"), killGraceMs);
    }, options.timeoutMs ?? 600_000);
    const onInterrupt = () => {
      signalGroup("SIGTERM");
      process.exit(130);
    };
    process.once("SIGINT", onInterrupt);
    process.once("SIGTERM", onInterrupt);

    const settle = (code) => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onInterrupt);
      resolve({ code, output, timedOut, ms: performance.now() - started });
    };
    child.on("error", (error) => {
      output += `${error.message}\n`;
      settle(127);
    });
    child.on("close", (code, signal) => settle(code ?? (signal ? 1 : 0)));
  });
}

/** A step that others build upon could not be done; its message is all that a person needs. */
export class StepFailed extends Error {}

/** The same, for a command that must succeed: throws `StepFailed` with its output when it does not. */
export async function must(what, command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const how = `${what} failed${result.timedOut ? " (time-out)" : ""}: ${command} ${args.join(" ")}`;
  throw new StepFailed(options.quiet ? `${result.output.trimEnd()}\n${how}` : how);
}

/** Runs a script's work; a failed step ends it with a message instead of a stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
