#!/usr/bin/env node
// The program `hawser`.
import { exitCodes } from "./errors.ts";
import { version } from "./version.ts";

const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${version}\n`);
} else {
  // A reader who has seen enough, such as `head`, is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok);
    throw error;
  });
  const { run } = await import("./run.ts");
  const code = await run(args);
  process.stdout.write("", () => process.exit(code));
}
