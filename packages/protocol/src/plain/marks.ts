/*
 * How binary is marked in the JSON of a message: an object whose only key is `$binary` (a frame follows) or
 * `$base64` (the bytes are here). Data of an application that happens to look like that is written with one
 * dollar more (`$$binary`), which the reader takes away again.
 */

/** The key that stands for binary: with frames, or inline. */
export type Mark = "$binary" | "$base64";

const dollar = 36;

/** Whether `key` is the mark, or the mark with more dollars before it. */
export function isMarkLike(key: string, mark: Mark): boolean {
  if (key.charCodeAt(0) !== dollar || !key.endsWith(mark)) return false;
  for (let at = 1; at < key.length - mark.length; at++) {
    if (key.charCodeAt(at) !== dollar) return false;
  }
  return true;
}

/** The only key of an object out of JSON, or undefined when it has none or several. */
export function onlyKeyOf(object: object): string | undefined {
  let only: string | undefined;
  for (const key in object) {
    if (!Object.hasOwn(object, key)) continue;
    if (only !== undefined) return undefined;
    only = key;
  }
  return only;
}

/** An object with one key, whatever its name is. */
export function objectWith(key: string, value: unknown): Record<string, unknown> {
  return Object.fromEntries([[key, value]]);
}

/** Whether arguments are nothing but the frames, in their order: then they are not written at all. */
export function areFrames(marked: readonly unknown[], count: number): boolean {
  return (
    count > 0 &&
    marked.length === count &&
    marked.every(
      (item, index) =>
        typeof item === "object" &&
        item !== null &&
        (item as { $binary?: unknown }).$binary === index &&
        onlyKeyOf(item) === "$binary",
    )
  );
}
