import { withBytes } from "./values.ts";

/** What a line at the prompt asks for. */
export type InputLine =
  | { readonly type: "nothing" }
  | {
      readonly type: "emit";
      readonly event: string;
      readonly data: unknown[];
      readonly ack: boolean;
    }
  | { readonly type: "command"; readonly name: string; readonly words: string[] }
  | { readonly type: "wrong"; readonly message: string; readonly at: number };

/**
 * Reads a line: `event json json…` emits, `/name word…` is a command, `/ack event json…` emits and wants an
 * acknowledgement. A word that is not JSON is text, so that `chat hello` works, too.
 */
export function parseLine(line: string): InputLine {
  const text = line.trim();
  if (text === "") return { type: "nothing" };
  const offset = line.length - line.trimStart().length;
  if (!text.startsWith("/")) return parseEmit(text, offset, false);
  const [, name, rest] = /^\/(\S*)\s*(.*)$/s.exec(text)!;
  if (name === "ack") return parseEmit(rest!, offset + text.length - rest!.length, true);
  return { type: "command", name: name!, words: rest === "" ? [] : rest!.split(/\s+/) };
}

function parseEmit(text: string, offset: number, ack: boolean): InputLine {
  const values: unknown[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at += 1;
      continue;
    }
    const end = endOfValue(text, at);
    if (end === -1) {
      return { type: "wrong", message: `${nameOf(text[at]!)} is not closed`, at: offset + at };
    }
    const word = text.slice(at, end);
    try {
      values.push(withBytes(JSON.parse(word)));
    } catch {
      if (/^["{[]/.test(word)) {
        return { type: "wrong", message: "this is not JSON", at: offset + at };
      }
      values.push(word);
    }
    at = end;
  }
  const [event, ...data] = values;
  if (event === undefined)
    return { type: "wrong", message: "an event's name is missing", at: offset };
  return {
    type: "emit",
    event: typeof event === "string" ? event : JSON.stringify(event),
    data,
    ack,
  };
}

const nameOf = (opening: string): string =>
  opening === '"' ? "the text" : opening === "{" ? "the object" : "the list";

/** Where the value that begins at an index ends; -1 when it does not. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let inText = false;
  const isPlain = !/["{[]/.test(text[start]!);
  for (let at = start; at < text.length; at += 1) {
    const it = text[at]!;
    if (inText) {
      if (it === "\\") at += 1;
      else if (it === '"') {
        inText = false;
        if (depth === 0) return at + 1;
      }
    } else if (isPlain) {
      if (/\s/.test(it)) return at;
    } else if (it === '"') inText = true;
    else if (it === "{" || it === "[") depth += 1;
    else if (it === "}" || it === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return isPlain ? text.length : -1;
}
