import type { JSX } from "preact";
import type { LineState } from "../../../shell/line.ts";
import { useChat } from "./chat-context.ts";

const slowMs = 600;

/** The state of the line in a few words: over what, and how fast there and back. */
export function LineStatus(): JSX.Element {
  const { line } = useChat();
  const state = line.state.value;
  const rtt = line.rttMs.value;
  const slow = rtt !== undefined && rtt > slowMs;
  return (
    <span
      class="line-status"
      data-testid="line-status"
      data-state={state}
      data-transport={line.transport.value}
      data-slow={slow}
    >
      {state === "open" ? openText(line.transport.value, rtt) : texts[state]}
    </span>
  );
}

const texts: Record<Exclude<LineState, "open">, string> = {
  off: "Not connected",
  connecting: "Connecting…",
  lost: "No connection",
  refused: "Not let in",
};

function openText(transport: string, rtt: number | undefined): string {
  return rtt === undefined ? transport : `${transport} · ${rtt < 1 ? "<1" : Math.round(rtt)} ms`;
}
