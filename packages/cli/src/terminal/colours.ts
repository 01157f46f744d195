import pc from "picocolors";

export type Colours = ReturnType<typeof pc.createColors>;

/** What of a stream decides about colours. */
export interface MaybeTerminal {
  readonly isTTY?: boolean | undefined;
}

/**
 * Colours for a stream: only for terminals, never with `NO_COLOR`, always with `FORCE_COLOR`
 * (https://no-color.org, https://force-color.org).
 */
export function coloursFor(stream: MaybeTerminal, env: NodeJS.ProcessEnv): Colours {
  return pc.createColors(wantsColours(stream, env));
}

export function wantsColours(stream: MaybeTerminal, env: NodeJS.ProcessEnv): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}
