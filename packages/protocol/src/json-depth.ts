const quote = 34;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/**
 * Whether the JSON in `text` from `start` on is nested deeper than `depthMax`. Exact for valid JSON,
 * which is all that counts: the parser refuses the rest. Linear, and short texts are not looked at.
 */
export function isDeeperThan(text: string, start: number, depthMax: number): boolean {
  // One level takes two characters, an opening and a closing one.
  if (text.length - start <= 2 * depthMax) return false;
  return hasMoreOpenings(text, start, depthMax) && scanDepth(text, start, depthMax);
}

/** Large texts with little structure (the common case) are settled at the speed of memchr. */
function hasMoreOpenings(text: string, start: number, max: number): boolean {
  let count = 0;
  for (let at = text.indexOf("[", start); at !== -1; at = text.indexOf("[", at + 1)) {
    if (++count > max) return true;
  }
  for (let at = text.indexOf("{", start); at !== -1; at = text.indexOf("{", at + 1)) {
    if (++count > max) return true;
  }
  return false;
}

function scanDepth(text: string, start: number, max: number): boolean {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      at = endOfString(text, at);
      if (at === -1) return false;
    } else if (unit === openBracket || unit === openBrace) {
      if (++depth > max) return true;
    } else if (unit === closeBracket || unit === closeBrace) {
      depth--;
    }
  }
  return false;
}

/** Index of the quote that ends the string which begins at `start`, or -1. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** An odd run of backslashes before it. Each run belongs to one quote, so the sum stays linear. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before--;
  return (at - before) % 2 === 0;
}
