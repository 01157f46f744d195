import { Problem } from "./problem.ts";
import type { ApiKey } from "./api-key.ts";

export type Verb = "publish" | "disconnect" | "join" | "read";

/** Who is meant, by kind: `["room", "chat-1"]`; `all` has no name. */
export type Target =
  | { readonly kind: "room" | "user" | "socket"; readonly name: string }
  | { readonly kind: "all"; readonly name?: undefined };

/** Whether a text is what a pattern says; `*` stands for any text. Linear in both lengths but for a step back per star. */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < text.length;) {
    if (at < pattern.length && pattern[at] === "*") {
      star = at++;
      resume = index;
    } else if (at < pattern.length && pattern[at] === text[index]) {
      at++;
      index++;
    } else if (star !== -1) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** Whether a scope allows something. `publish` is `publish:*`, and `publish:room` is `publish:room:*`. */
function allows(scope: string, verb: Verb, target: Target): boolean {
  if (scope === "*") return true;
  const [scopeVerb, kind, ...rest] = scope.split(":");
  if (scopeVerb !== verb) return false;
  if (kind === undefined || kind === "*") return true;
  if (kind !== target.kind) return false;
  if (target.kind === "all" || rest.length === 0) return true;
  return matchesPattern(rest.join(":"), target.name);
}

/** Refuses what a key is not for; without a key, all is allowed. @throws Problem `SCOPE_MISSING` */
export function checkScope(
  key: ApiKey | undefined,
  verb: Verb,
  namespace: string,
  targets: readonly Target[],
): void {
  if (key === undefined) return;
  const { scopes, namespaces } = key;
  if (namespaces !== undefined && !namespaces.some((it) => matchesPattern(it, namespace))) {
    throw new Problem("SCOPE_MISSING", { detail: "the API key is not for this namespace" });
  }
  for (const target of targets) {
    if (scopes.some((scope) => allows(scope, verb, target))) continue;
    const wanted = target.kind === "all" ? `${verb}:all` : `${verb}:${target.kind}:${target.name}`;
    throw new Problem("SCOPE_MISSING", { detail: `the API key has not the scope ${wanted}` });
  }
}
