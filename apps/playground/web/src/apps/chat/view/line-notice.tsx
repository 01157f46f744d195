import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import type { Chat } from "../model/chat.ts";
import { counted } from "../model/outage.ts";
import type { OutageCause } from "../model/outage.ts";
import { useChat } from "./chat-context.ts";

const goodNewsMs = 10_000;
// A connection is normally there before anybody asks where it is.
const patienceMs = 2000;

const causes: Record<OutageCause, string> = {
  unknown: "The connection is lost.",
  plug: "You have pulled the plug for 6 seconds.",
  kill: "You have killed the server. It is being started again.",
  restart: "The server is being restarted.",
};

/** Says that the line is lost, and that it is back. */
export function LineNotice(): JSX.Element {
  const chat = useChat();
  const { state } = chat.line;
  const { report } = chat.outage;
  const late = useSignal(false);
  const before = useSignal(state.peek());
  useSignalEffect(() => {
    const now = state.value;
    late.value = false;
    // Trying again after a loss is still the loss.
    if (now !== "connecting" || before.peek() !== "lost") before.value = now;
    if (now !== "connecting") return undefined;
    const timer = setTimeout(() => {
      late.value = true;
    }, patienceMs);
    return () => clearTimeout(timer);
  });
  useSignalEffect(() => {
    if (report.value === "") return undefined;
    const timer = setTimeout(() => chat.outage.dismiss(), goodNewsMs);
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
      {state.value === "open" && report.value !== "" && <div data-tone="good">{report.value}</div>}
    </div>
  );
}

function Lost({ chat }: { chat: Chat }): JSX.Element {
  const { value: waiting } = chat.waiting;
  const text =
    waiting === 0
      ? "What you send waits here and goes out by itself."
      : `${counted(waiting)} ${waiting === 1 ? "waits here and goes out by itself" : "wait here and go out by themselves"}.`;
  return (
    <div>
      <span>
        {causes[chat.outage.cause]} {text}
      </span>
      {!chat.line.held.value && (
        <button
          type="button"
          class="button"
          data-kind="quiet"
          data-testid="retry"
          onClick={() => chat.line.retry()}
        >
          Try now
        </button>
      )}
    </div>
  );
}
