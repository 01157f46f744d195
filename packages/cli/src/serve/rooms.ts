/** Whom a pattern is about. */
export interface Subject {
  readonly user: string | undefined;
  readonly id: string;
}

/**
 * Whether one of the patterns names a room: `*` is any text without a colon or slash, `**` any text at all, `{user}` the
 * user's own name and `{id}` the socket's. A pattern with `{user}` names nothing for a nobody.
 */
export function mayEnter(patterns: readonly string[], room: string, subject: Subject): boolean {
  return patterns.some((it) => matches(it, room, subject));
}

function matches(pattern: string, room: string, { user, id }: Subject): boolean {
  if (pattern.includes("{user}") && user === undefined) return false;
  const source = pattern
    .split(/(\*\*|\*|\{user\}|\{id\})/)
    .map((part) => {
      if (part === "**") return "[^]*";
      if (part === "*") return "[^:/]*";
      if (part === "{user}") return escaped(user!);
      return escaped(part === "{id}" ? id : part);
    })
    .join("");
  return new RegExp(`^${source}$`).test(room);
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
