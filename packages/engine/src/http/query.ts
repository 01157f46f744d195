/** Query parameters by name: no prototype, so that a key is there only if the client sent it. */
export type Query = Record<string, string>;

/** Makes objects whose prototype has nothing; they are smaller than those without one, and quicker. */
function Parameters(): void {}
Parameters.prototype = Object.freeze(Object.create(null) as object);

const NewQuery = Parameters as unknown as new () => Query;

/** Parses the query of a request target. Of a repeated key the first value counts. */
export function parseQuery(url: string | undefined): Query {
  const query = new NewQuery();
  const start = url === undefined ? -1 : url.indexOf("?");
  if (start === -1) return query;
  const text = (url as string).slice(start + 1);
  if (/[%+#]/.test(text)) {
    for (const [key, value] of new URLSearchParams(text)) query[key] ??= value;
    return query;
  }
  for (let at = 0; at < text.length;) {
    const next = text.indexOf("&", at);
    const end = next === -1 ? text.length : next;
    const equals = text.indexOf("=", at);
    const middle = equals === -1 || equals > end ? end : equals;
    if (end > at) query[text.slice(at, middle)] ??= text.slice(middle + 1, end);
    at = end + 1;
  }
  return query;
}
