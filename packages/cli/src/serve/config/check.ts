import * as v from "valibot";
import { CliError } from "../../errors.ts";
import { configSchema } from "./schema.ts";
import type { Config } from "./types.ts";

/** Checks what stands in a file. @throws CliError that names each place, and what was expected there */
export function checkConfig(value: unknown, name: string): Config {
  if (Array.isArray(value)) throw new CliError("usage", `${name} is not a config: it is a list`);
  const result = v.safeParse(configSchema, value ?? {});
  if (!result.success) {
    const lines = result.issues.map((issue) => `  ${placeOf(issue)}: ${messageOf(issue)}`);
    throw new CliError("usage", `${name} is not a config:\n${lines.join("\n")}`);
  }
  checkAuth(result.output);
  return result.output;
}

/** `auth.tokens` or `relay[0].rooms`. */
function placeOf(issue: v.BaseIssue<unknown>): string {
  const parts = issue.path?.map(({ key }) =>
    typeof key === "number" ? `[${key}]` : `.${String(key)}`,
  );
  return parts?.join("").replace(/^\./, "") ?? "the file";
}

const secretNames = new Set(["secret", "hash", "tokens", "publicKey"]);

function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never")
    return "there is no such setting";
  const { message } = issue;
  // What stands at a wrong place may be the key itself.
  const isSecret = issue.path?.some(({ key }) => secretNames.has(String(key)));
  const received = isSecret ? "this" : issue.received;
  if (!message.startsWith("Invalid")) return `${message}, not ${received}`;
  return issue.expected === null ? message : `expected ${issue.expected}, not ${received}`;
}

/** Exactly one way to verify a token. */
function checkAuth({ auth }: Config): void {
  if (auth.type !== "jwt") return;
  const ways = [auth.secret, auth.publicKey, auth.jwks].filter((it) => it !== undefined);
  if (ways.length !== 1) {
    throw new CliError("usage", "auth: expected exactly one of secret, publicKey and jwks");
  }
  if (auth.secret !== undefined && auth.algorithms?.some((it) => !it.startsWith("HS"))) {
    throw new CliError("usage", "auth.algorithms: a secret goes with HS256, HS384 and HS512 only");
  }
  if (
    auth.secret === undefined &&
    auth.algorithms?.some((it) => it.startsWith("HS") || it === "none")
  ) {
    throw new CliError("usage", "auth.algorithms: a public key never goes with HS… or none");
  }
}
