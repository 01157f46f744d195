/** What stands behind the prefix; `{name}` stands for one part. */
export const publishPaths = [
  "/publish",
  "/batch",
  "/disconnect",
  "/join",
  "/leave",
  "/rooms",
  "/rooms/{name}",
  "/users/{name}",
  "/sockets/{name}",
  "/openapi.json",
] as const;

export type PublishPath = (typeof publishPaths)[number];

/** A path that is ours, and the part in the place of `{name}`, as it stands in the URL. */
export interface Place {
  readonly path: PublishPath;
  readonly part: string;
}

const known: ReadonlySet<string> = new Set(publishPaths);

/** Where a URL leads; undefined when it is not ours: other routes may live under the same prefix. */
export function placeOf(url: string | undefined, prefix: string): Place | undefined {
  if (url === undefined || !url.startsWith(`${prefix}/`)) return undefined;
  const end = url.search(/[?#]/);
  const path = url.slice(prefix.length, end === -1 ? undefined : end);
  if (known.has(path) && !path.includes("{")) return { path: path as PublishPath, part: "" };
  const cut = path.indexOf("/", 1);
  const template = `${path.slice(0, cut)}/{name}`;
  const part = path.slice(cut + 1);
  if (cut === -1 || part === "" || part.includes("/") || !known.has(template)) return undefined;
  return { path: template as PublishPath, part };
}
