import { CommanderError } from "commander";
import { CliError, exitCodes, textOf } from "./errors.ts";
import { makeProgram } from "./program.ts";
import { processWorld } from "./terminal/process-world.ts";
import type { World } from "./terminal/world.ts";

/**
 * Runs the program.
 * @param args without the names of Node and the script
 * @param world what it reads and writes; that of this process, whose signals then end the command and not the process
 * @returns the exit code: 0 fine, 1 refused, 2 wrong usage, 3 no line, 4 time is over, 130 interrupted
 */
export async function run(args: readonly string[], world: World = processWorld()): Promise<number> {
  let code: number = exitCodes.ok;
  const program = makeProgram(world, (it) => (code = it));
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return codeOf(error, world);
  }
}

function codeOf(error: unknown, { stderr, errorColours }: World): number {
  // Commander has said it already; its help and version end with 0.
  if (error instanceof CommanderError) {
    if (error.code === "commander.invalidArgument" && !error.message.startsWith("error:")) {
      stderr.write(`${errorColours.red(`error: ${error.message}`)}\n`);
    }
    return error.exitCode === 0 || error.code === "commander.help" ? exitCodes.ok : exitCodes.usage;
  }
  if (error instanceof CliError) {
    stderr.write(`${errorColours.red(`error: ${error.message}`)}\n`);
    if (error.hint !== undefined) stderr.write(`${errorColours.dim(error.hint)}\n`);
    return exitCodes[error.reason];
  }
  stderr.write(`${errorColours.red(`error: ${textOf(error)}`)}\n`);
  return exitCodes.lost;
}
