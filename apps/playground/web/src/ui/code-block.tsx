import type { JSX } from "preact";
import { copyText } from "../shell/clipboard.ts";
import { toast } from "../shell/toasts.ts";
import { IconButton } from "./icon-button.tsx";
import "./code-block.css";

interface CodeBlockProps {
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly code: string;
  readonly testId?: string;
}

/** Something to copy. Long lines are scrolled, not broken: they are for a terminal. */
export function CodeBlock({ label, code, testId }: CodeBlockProps): JSX.Element {
  return (
    <div class="code-block">
      <pre tabindex={0} role="region" aria-label={label} data-testid={testId}>
        <code>{code}</code>
      </pre>
      <IconButton
        icon="copy"
        label={`Copy: ${label}`}
        testId={testId === undefined ? "copy-code" : `${testId}-copy`}
        onClick={() => void copy(code)}
      />
    </div>
  );
}

async function copy(code: string): Promise<void> {
  if (await copyText(code)) toast("Copied.");
  else toast("This browser does not let the page copy. Mark the text instead.", "bad");
}
