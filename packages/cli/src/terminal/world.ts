import type { Readable, Writable } from "node:stream";
import type { Colours } from "./colours.ts";

/** A stream that may be a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};
export type Input = Readable & { readonly isTTY?: boolean | undefined };

/** What a command sees of the process. */
export interface World {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  /** For standard output. */
  readonly colours: Colours;
  /** For standard error. */
  readonly errorColours: Colours;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly interrupted: AbortSignal;
}
