/** A piece of a message: plain text, or an address to open. Rendered as text nodes and attributes only. */
export type TextPiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

// Only what is sure to be a web address. A scheme is required or "www.": "e.g. this" is no link.
const candidate: RegExp = /\b(?:https?:\/\/|www\.)[^\s<>"“”„«»]+/giu;
const closers: ReadonlyMap<string, string> = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

/** Cuts a text into plain pieces and links. Joined together, the pieces' texts are the text again. */
export function linkify(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(candidate)) {
    const address = withoutTrailingPunctuation(match[0]);
    const href = hrefOf(address);
    if (href === undefined) continue;
    if (match.index > from) pieces.push({ kind: "text", text: text.slice(from, match.index) });
    pieces.push({ kind: "link", text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from) });
  return pieces;
}

function hrefOf(address: string): string | undefined {
  try {
    const url = new URL(/^www\./i.test(address) ? `https://${address}` : address);
    const isWeb = url.protocol === "http:" || url.protocol === "https:";
    // user:password@host dresses one address up as another.
    return isWeb && url.username === "" && url.password === "" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** "(see https://a.example/b_(c))." ends the address after "(c)": brackets stay when they were opened inside. */
function withoutTrailingPunctuation(address: string): string {
  const counts = bracketCounts(address);
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] as string;
    const opener = closers.get(last);
    if (opener !== undefined) {
      const closed = counts.get(last) ?? 0;
      if ((counts.get(opener) ?? 0) >= closed) break;
      counts.set(last, closed - 1);
    } else if (!/[.,;:!?'’…*_~]/.test(last)) {
      break;
    }
  }
  return address.slice(0, end);
}

function bracketCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const char of text)
    if (/[()[\]{}]/.test(char)) counts.set(char, (counts.get(char) ?? 0) + 1);
  return counts;
}
