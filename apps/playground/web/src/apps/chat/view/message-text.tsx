import type { JSX } from "preact";
import { linkify } from "../model/linkify.ts";

/** A message's text with its links. Text stays text: nothing in it is read as HTML. */
export function MessageText({ text }: { text: string }): JSX.Element {
  return (
    <>
      {linkify(text).map((piece, i) =>
        piece.kind === "link" ? (
          <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
