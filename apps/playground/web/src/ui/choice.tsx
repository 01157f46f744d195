import type { JSX } from "preact";
import "./choice.css";

interface ChoiceProps<T extends string> {
  readonly label: string;
  /** The same for all that belong together. */
  readonly name: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** The label is only read aloud. */
  readonly labelHidden?: boolean;
  readonly testId?: string;
}

/** One of a few, all of which are shown. */
export function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
  return (
    <fieldset class="choice" data-testid={props.testId}>
      <legend class={props.labelHidden === true ? "visually-hidden" : ""}>{props.label}</legend>
      {props.options.map(({ value, label }) => (
        <label key={value}>
          <input
            type="radio"
            name={props.name}
            value={value}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
