import { pointerOf, Problem } from "./problem.ts";

const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Puts bytes where `{"$base64":"…"}` stands. The depth of the value has been bounded.
 * @throws Problem `BINARY_INVALID` with the place
 */
export function withBinary(value: unknown, path: readonly (string | number)[]): unknown {
  if (Array.isArray(value)) return value.map((it, index) => withBinary(it, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, "$base64")) return bytesOf(value as { $base64: unknown }, path);
  const entries = Object.entries(value).map(([key, it]) => [key, withBinary(it, [...path, key])]);
  // fromEntries defines, and does not assign: a "__proto__" of the sender stays a name like any other.
  return Object.fromEntries(entries);
}

function bytesOf(value: { $base64: unknown }, path: readonly (string | number)[]): Buffer {
  const { $base64: text } = value;
  const isAlone = Object.keys(value).length === 1;
  if (typeof text !== "string" || !isAlone || !base64Pattern.test(text)) {
    throw new Problem("BINARY_INVALID", { at: pointerOf(path) });
  }
  return Buffer.from(text, "base64");
}
