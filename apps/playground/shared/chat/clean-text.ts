import { limits } from "./limits.ts";

// Controls, and the marks that turn the direction of the text around them or are not seen at all:
// in a name they could hide or imitate another one. The joiners of scripts and emoji stay.
const unwantedInLine: RegExp =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
// Controls except tab and line feed.
// oxlint-disable-next-line no-control-regex
const unwantedInText: RegExp = /[\0-\x08\x0b-\x1f\x7f]/g;
const visible: RegExp = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** One line fit to be shown as a name or title, or undefined when nothing visible or too much is left. */
export function cleanLine(raw: unknown, charsMax: number): string | undefined {
  if (typeof raw !== "string" || raw.length > charsMax * 8) return undefined;
  const line = raw
    .toWellFormed()
    .normalize("NFC")
    .replace(unwantedInLine, " ")
    .replace(/\s+/g, " ")
    .trim();
  return visible.test(line) && Array.from(line).length <= charsMax ? line : undefined;
}

export function cleanName(raw: unknown): string | undefined {
  return cleanLine(raw, limits.nameCharsMax);
}

export function cleanTitle(raw: unknown): string | undefined {
  return cleanLine(raw, limits.roomTitleCharsMax);
}

/** A message's text as it is kept: well formed, `\n` line ends, no blank start or end. Empty when nothing is to be seen; its length is not judged. */
export function cleanText(raw: string): string {
  const text = raw
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(unwantedInText, "")
    .replace(/^(?:[^\S\n]*\n)+/, "")
    .trimEnd();
  return visible.test(text) ? text : "";
}
