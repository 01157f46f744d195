import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import "./dialog.css";

interface DialogProps {
  readonly label: string;
  /** Escape, a click beside it, or a button inside. Absent: it stays until it is answered. */
  readonly onClose?: () => void;
  readonly class?: string;
  readonly testId?: string;
  readonly children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus inside, and gives it back at the end. */
export function Dialog({
  label,
  onClose,
  class: className,
  testId,
  children,
}: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      queueMicrotask(placeCaret);
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${className ?? ""}`}
      aria-label={label}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onKeyDown={(event) => {
        // Browsers let a second Escape through even when `cancel` was prevented.
        if (event.key === "Escape" && onClose === undefined) event.preventDefault();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose?.();
      }}
    >
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

/** Chromium gives the focus back to a field, but leaves the caret in the one that has gone away: keys would be lost. */
function placeCaret(): void {
  const field = document.activeElement;
  if (field instanceof HTMLTextAreaElement)
    field.setSelectionRange(field.selectionStart, field.selectionEnd);
}
