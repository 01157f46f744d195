/** How the program ends. */
export const exitCodes = {
  ok: 0,
  /** The server said no: credentials, namespace, room, key. */
  refused: 1,
  /** A command, option, line or config that cannot be understood, or that is unsafe. */
  usage: 2,
  /** No server there, or the line was lost for good. */
  lost: 3,
  /** `--timeout` passed before `--count` was reached or an acknowledgement came. */
  timeout: 4,
  /** Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitReason = keyof typeof exitCodes;

/** Something that ends the program: one line for the user, and the code. */
export class CliError extends Error {
  readonly reason: ExitReason;
  /** What to do about it; printed below the message. */
  readonly hint: string | undefined;

  constructor(reason: ExitReason, message: string, hint?: string) {
    super(message);
    this.name = "CliError";
    this.reason = reason;
    this.hint = hint;
  }
}

/** What went wrong, in one line: system errors without their stack, with the address where Node hides it. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What both address families have refused has no message of its own.
  if (error instanceof AggregateError && error.message === "") return textOf(error.errors[0]);
  const { cause } = error;
  const inner = cause instanceof Error ? textOf(cause) : "";
  if (inner === "" || error.message.includes(inner)) return error.message || error.name;
  return `${error.message}: ${inner}`;
}
