import { hashApiKey, makeApiKey } from "hawser";
import { CliError, exitCodes, textOf } from "../errors.ts";
import type { World } from "../terminal/world.ts";

export interface KeyFlags {
  id?: string;
  scope?: string[];
  expires?: string;
  hash?: string;
  json?: boolean;
}

/** `hawser key`: the key for the backend, and what the server is to know of it. */
export function key({ stdout, colours: c }: World, flags: KeyFlags): number {
  if (flags.hash !== undefined) {
    stdout.write(`${hashApiKey(flags.hash)}\n`);
    return exitCodes.ok;
  }
  const made = makeKey({ ...flags, scopes: flags.scope ?? ["publish"] });
  if (flags.json) {
    stdout.write(`${JSON.stringify(made)}\n`);
    return exitCodes.ok;
  }
  const { entry } = made;
  stdout.write(`${c.bold("key")}    ${c.green(made.key)}\n`);
  stdout.write(c.dim("       for the backend; it is shown once and kept nowhere\n"));
  stdout.write(`${c.bold("entry")}  ${JSON.stringify(entry)}\n`);
  stdout.write(c.dim("       for publish.keys of the server\n"));
  return exitCodes.ok;
}

function makeKey({
  id,
  scopes,
  expires,
}: {
  id?: string;
  scopes: string[];
  expires?: string;
}): ReturnType<typeof makeApiKey> {
  try {
    return makeApiKey({
      scopes,
      ...(id !== undefined && { id }),
      ...(expires !== undefined && { expires }),
    });
  } catch (error) {
    throw new CliError("usage", textOf(error));
  }
}
