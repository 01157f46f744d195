import type { JSX } from "preact";
import { Icon } from "../../../ui/icon.tsx";
import { useChat } from "./chat-context.ts";
import "./trial-panel.css";

/** Cuts the line or kills the server, so that anybody can see what becomes of messages. `onDone` closes a drawer. */
export function TrialPanel({ onDone }: { onDone: () => void }): JSX.Element {
  const { line, trial } = useChat();
  const disabled = line.state.value !== "open";
  return (
    <section class="trial" aria-labelledby="trial-title" data-testid="trial">
      <h2 id="trial-title">Try to lose a message</h2>
      <div class="trial-buttons">
        <button
          type="button"
          class="button"
          data-kind="soft"
          data-testid="pull-plug"
          title="Cuts this page's line for 6 seconds. Write meanwhile."
          disabled={disabled}
          onClick={() => {
            trial.pullPlug();
            onDone();
          }}
        >
          <Icon name="plug" />
          Pull the plug
        </button>
        {trial.mayKill.value && (
          <button
            type="button"
            class="button"
            data-kind="soft"
            data-testid="kill-server"
            title="Ends the server's process with SIGKILL, for everybody. npm start starts it again."
            disabled={disabled}
            onClick={() => {
              void trial.killServer();
              onDone();
            }}
          >
            <Icon name="power" />
            Kill the server
          </button>
        )}
      </div>
    </section>
  );
}
