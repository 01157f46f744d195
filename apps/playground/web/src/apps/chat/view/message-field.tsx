import type { JSX, RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { picturesOf } from "./pictures-from.ts";

interface MessageFieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly room: string;
  readonly draft: string;
  readonly invalid: boolean;
  readonly onDraft: (draft: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onSend: () => void;
}

/** Grows with its text. Enter sends, Shift+Enter begins a new line, pasted pictures are handed over. */
export function MessageField({ field, room, draft, ...props }: MessageFieldProps): JSX.Element {
  useLayoutEffect(() => {
    const element = field.current;
    // Where the style sheet can do it, it also follows a change of the width.
    if (element === null || CSS.supports("field-sizing", "content")) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [draft]);
  useLayoutEffect(() => {
    // Ready to write in, except where the focus would open a keyboard over the messages.
    const hasPointer = matchMedia("(pointer: fine)").matches;
    if (hasPointer && document.querySelector("dialog[open]") === null) field.current?.focus();
  }, []);
  return (
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      value={draft}
      aria-label={`Message to ${room}`}
      placeholder={`Message ${room}`}
      enterkeyhint="send"
      aria-invalid={props.invalid}
      data-testid="message-field"
      onInput={(event) => props.onDraft(event.currentTarget.value)}
      onKeyDown={(event) => {
        // While an input method composes, Enter belongs to it.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        props.onSend();
      }}
      onPaste={(event) => {
        const files = picturesOf(event.clipboardData);
        if (files.length === 0) return;
        event.preventDefault();
        props.onFiles(files);
      }}
    />
  );
}
