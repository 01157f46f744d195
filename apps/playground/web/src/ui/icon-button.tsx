import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";
import "./button.css";

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does: read aloud, and shown by the pointer. */
  readonly label: string;
  readonly onClick: () => void;
  readonly class?: string;
  readonly testId?: string;
  readonly expanded?: boolean;
  readonly children?: ComponentChildren;
}

export function IconButton(props: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${props.class ?? ""}`}
      aria-label={props.label}
      title={props.label}
      aria-expanded={props.expanded}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      {props.children}
    </button>
  );
}
