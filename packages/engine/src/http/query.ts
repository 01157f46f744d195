/** Query parameters by name: no prototype, so that a key is there only if the client sent it. */
export type Query = Record<string, string>;

/** Parses the query of a request target. Of a repeated key the first value counts. */
export function parseQuery(url: string | undefined): Query {
  const query = Object.create(null) as Query;
  const start = url === undefined ? -1 : url.indexOf("?");
  if (start === -1) return query;
  for (const [key, value] of new URLSearchParams((url as string).slice(start + 1))) {
    query[key] ??= value;
  }
  return query;
}
