import { coloursFor } from "./colours.ts";
import type { World } from "./world.ts";

/** The world of this process. The second Ctrl-C ends it whatever it does. */
export function processWorld(): World {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort());
  }
  const { stdin, stdout, stderr, env } = process;
  return {
    stdin,
    stdout,
    stderr,
    env,
    colours: coloursFor(stdout, env),
    errorColours: coloursFor(stderr, env),
    interrupted: interrupted.signal,
  };
}
