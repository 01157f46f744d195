import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import type { Chat } from "../model/chat.ts";
import { useChat } from "./chat-context.ts";

const goodNewsMs = 4000;
// A connection is normally there before anybody asks where it is.
const patienceMs = 2000;

/** Says that the line is lost, and that it is back. */
export function LineNotice(): JSX.Element {
  const chat = useChat();
  const { state } = chat.line;
  const back = useSignal(false);
  const late = useSignal(false);
  const before = useSignal(state.peek());
  useSignalEffect(() => {
    const now = state.value;
    back.value = now === "open" && before.peek() === "lost";
    late.value = false;
    // Trying again after a loss is still the loss.
    if (now !== "connecting" || before.peek() !== "lost") before.value = now;
    const timer = setTimeout(
      () => {
        back.value = false;
        late.value = now === "connecting";
      },
      now === "connecting" ? patienceMs : goodNewsMs,
    );
    return () => clearTimeout(timer);
  });
  return (
    <div class="line-notice" role="status" data-testid="line-notice">
      {state.value === "lost" && <Lost chat={chat} />}
      {state.value === "refused" && <div>{chat.line.refusal.value?.text}</div>}
      {late.value && (
        <div>
          Still connecting. You can write already: it is sent as soon as there is a connection.
        </div>
      )}
      {back.value && <div data-tone="good">You are back online.</div>}
    </div>
  );
}

function Lost({ chat }: { chat: Chat }): JSX.Element {
  const cause = chat.stopping.value ? "The server is being restarted." : "The connection is lost.";
  return (
    <div>
      <span>{cause} What you send waits here and goes out by itself.</span>
      <button
        type="button"
        class="button"
        data-kind="quiet"
        data-testid="retry"
        onClick={() => chat.line.retry()}
      >
        Try now
      </button>
    </div>
  );
}
