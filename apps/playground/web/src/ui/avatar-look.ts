/** How many colours the style sheet has (`data-hue`). */
export const hues = 10;

/** The same person has the same colour everywhere. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) | 0;
  return Math.abs(hash) % hues;
}

/** One or two letters: first of the first and of the last word. An emoji stands alone. */
export function initialsOf(name: string): string {
  const words = name
    .split(/[\s._-]+/)
    .filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  const first = firstLetter(words[0] ?? name);
  if (words.length < 2 || /\p{Extended_Pictographic}/u.test(first)) return first;
  return first + firstLetter(words.at(-1) ?? "");
}

function firstLetter(word: string): string {
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  for (const { segment } of segments) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) return segment.toLocaleUpperCase();
  }
  return word.slice(0, 1);
}
