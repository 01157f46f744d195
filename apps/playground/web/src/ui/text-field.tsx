import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import "./text-field.css";

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  /** What is wrong with the value, told below it. */
  readonly error?: string | undefined;
  readonly charsMax: number;
  readonly autoFocus?: boolean;
  readonly autoComplete?: string;
  readonly testId?: string;
}

export function TextField(props: TextFieldProps): JSX.Element {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const { autoFocus = false } = props;
  useLayoutEffect(() => {
    if (autoFocus) input.current?.select();
  }, [autoFocus]);
  const note = props.error ?? props.hint;
  return (
    <div class="text-field">
      <label for={id}>{props.label}</label>
      <input
        ref={input}
        id={id}
        type="text"
        dir="auto"
        value={props.value}
        // A little more than allowed: what is pasted is not cut off in silence.
        maxLength={props.charsMax * 8}
        autocomplete={props.autoComplete ?? "off"}
        aria-invalid={props.error !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        data-testid={props.testId}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {note !== undefined && (
        <span
          id={`${id}-note`}
          class="text-field-note"
          data-error={props.error !== undefined}
          role="alert"
        >
          {note}
        </span>
      )}
    </div>
  );
}
